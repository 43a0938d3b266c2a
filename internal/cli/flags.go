package cli

import (
	"strings"

	urfave "github.com/urfave/cli/v2"

	"mailpipe/internal/config"
)

// A category is a heading in the help of a command. It makes the flags under it.
type category string

const (
	messageGroup   category = "MESSAGE"
	textGroup      category = "TEXT"
	filesGroup     category = "FILES"
	optionsGroup   category = "OPTIONS"
	selectionGroup category = "SELECTION"
	serverGroup    category = "SERVER"
	loginGroup     category = "LOGIN"
	tlsGroup       category = "TLS"
	spoolGroup     category = "SPOOL"
	outputGroup    category = "OUTPUT"
)

// categories are in the order of the help.
var categories = []category{
	messageGroup, textGroup, filesGroup, optionsGroup, selectionGroup, serverGroup, loginGroup, tlsGroup, spoolGroup,
	outputGroup,
}

// group returns flags in the order of their categories.
func group(flags ...[]urfave.Flag) []urfave.Flag {
	under := make(map[string][]urfave.Flag)
	for _, list := range flags {
		for _, f := range list {
			heading := f.(urfave.CategorizableFlag).GetCategory()
			under[heading] = append(under[heading], f)
		}
	}
	var all []urfave.Flag
	for _, c := range categories {
		all = append(all, under[string(c)]...)
	}
	return all
}

// toggle returns a flag without a value. The first of its names, which are
// separated by spaces, is the one that the program asks for.
func (c category) toggle(names, usage string) *urfave.BoolFlag {
	name, aliases := splitNames(names)
	return &urfave.BoolFlag{Name: name, Aliases: aliases, Category: string(c), Usage: usage}
}

// one returns a flag with a value. If it is repeated, the last value counts. value is the
// name in the help. It is also the kind of the value, which offers knows: FILE or, in small
// letters, the words text|json.
func (c category) one(names, value, usage string) urfave.Flag {
	name, aliases := splitNames(names)
	return &urfave.StringFlag{Name: name, Aliases: aliases, Category: string(c), Usage: quoted(value) + usage}
}

// An optionalFlag is a flag whose value may be left out. The word is the only value.
type optionalFlag struct {
	urfave.StringFlag
	word string
}

// optional returns an optionalFlag.
func (c category) optional(name, word, usage string) urfave.Flag {
	return &optionalFlag{
		urfave.StringFlag{Name: name, Category: string(c), Usage: quoted("[="+word+"]") + usage}, word,
	}
}

// many returns a flag with a value that may be repeated.
func (c category) many(names, value, usage string) urfave.Flag {
	name, aliases := splitNames(names)
	return &urfave.StringSliceFlag{
		Name: name, Aliases: aliases, Category: string(c), Usage: quoted(value) + usage,
		KeepSpace: true,
	}
}

func splitNames(names string) (name string, aliases []string) {
	all := strings.Fields(names)
	return all[0], all[1:]
}

// dashed returns the name of a flag as it is typed.
func dashed(name string) string {
	if len(name) > 1 {
		return "--" + name
	}
	return "-" + name
}

// quoted returns the name of a value as urfave/cli expects it in the usage.
func quoted(value string) string { return "`" + value + "` " }

// Flags returns the flags of a command, or of the program itself for "", in the order
// of the help.
func Flags(command string) []urfave.Flag {
	switch command {
	case "compose":
		return composeFlags()
	case "deliver":
		return deliverFlags()
	case "send":
		return sendFlags()
	case "sendmail", "mailx":
		return group(dropInFlags(), generalFlags())
	case "sink":
		return sinkFlags()
	case "config":
		return configFlags()
	case "detect":
		return detectFlags()
	case "inspect":
		return inspectFlags()
	}
	if strings.HasPrefix(command, "queue") {
		return queueFlags(strings.TrimPrefix(command, "queue "))
	}
	return generalFlags()
}

// generalFlags returns the flags of every command, and of the program itself.
func generalFlags() []urfave.Flag {
	return []urfave.Flag{
		urfave.VersionFlag,
		outputGroup.toggle("verbose v", "print more on standard error"),
		outputGroup.toggle("quiet q", "print only errors on standard error, no notes"),
		urfave.HelpFlag,
	}
}

func composeFlags() []urfave.Flag {
	return group(messageFlags(), accountFlags(), interactiveFlag(), progressFlags(), generalFlags())
}

func sendFlags() []urfave.Flag {
	return group(messageFlags(), serverFlags(), accountFlags(),
		envelopeFlags(envelopeFrom("envelope-from r")),
		deliveryFlags(), spoolFlags(), dialogueFlags(), interactiveFlag(), progressFlags(), generalFlags())
}

func deliverFlags() []urfave.Flag {
	return group(serverFlags(), accountFlags(),
		envelopeFlags(
			envelopeFrom("envelope-from f from r"),
			serverGroup.toggle("t", "add the recipients in the header to the operands"),
		),
		deliveryFlags(
			serverGroup.toggle("repair", "repair what SMTP cannot carry or the server does not accept"),
			serverGroup.toggle("skip-empty E", "exit 0 without sending if the input is empty"),
			serverGroup.toggle("i", "ignored, for compatibility with sendmail"),
		),
		spoolFlags(), dialogueFlags(), progressFlags(), generalFlags())
}

func sinkFlags() []urfave.Flag {
	return group([]urfave.Flag{
		optionsGroup.one("listen", "ADDR", "where to listen (default 127.0.0.1:2525; port 0: any)"),
		optionsGroup.one("count", "N", "exit after this number of mails"),
		optionsGroup.many("reply", "STAGE=ACTION", "replace a reply: rcpt=451*1, rcpt:bob@example.org=550, dot=close"),
		optionsGroup.one("exec", "COMMAND [ARG...]", "run a command for each mail; must be the last flag"),
		traceFlag(),
		chartFlag(),
		tlsGroup.toggle("tls", "offer STARTTLS"),
		tlsGroup.toggle("smtps", "speak TLS from the first octet"),
		tlsGroup.toggle("require-tls", "refuse mail without TLS"),
		tlsGroup.one("tls-cert", "FILE", "the certificate (default: one for localhost, made at the start)"),
		tlsGroup.one("tls-key", "FILE", "the key of the certificate"),
		loginGroup.one("auth", "USER|any", "require this login, or any login"),
		loginGroup.one("password-file", "FILE", "the file with the password of the user"),
	}, generalFlags())
}

func configFlags() []urfave.Flag {
	return group([]urfave.Flag{
		optionsGroup.one("for", "ADDR|SERVICE", "print an account for an address or a service as TOML"),
		optionsGroup.toggle("no-dns", "with --for: ask no DNS"),
		optionsGroup.one("from-msmtp", "FILE", "print an msmtprc as TOML"),
		optionsGroup.toggle("accounts", "print the names of the accounts"),
		optionsGroup.toggle("json", "print each setting as a JSON object"),
	}, serverFlags(), accountFlags(), generalFlags())
}

// messageFlags returns the flags that describe a message.
func messageFlags() []urfave.Flag {
	return []urfave.Flag{
		messageGroup.one("from f", "ADDR", "the author"),
		messageGroup.many("to t", "ADDR", "a recipient, or a comma-separated list"),
		messageGroup.many("cc c", "ADDR", "a recipient of a copy"),
		messageGroup.many("bcc b", "ADDR", "a recipient that the others do not see"),
		messageGroup.many("reply-to", "ADDR", "where replies go"),
		messageGroup.one("subject s", "TEXT", "what the message is about"),
		messageGroup.many("header H", "'Name: value'", "a further field"),
		messageGroup.one("reply-to-message", "FILE", "take the recipient, subject and thread from a message"),
		messageGroup.one("in-reply-to", "ID", "the Message-ID that is answered"),
		messageGroup.many("references", "ID", "the Message-IDs of the thread"),
		messageGroup.one("date", "RFC3339", "the time of writing, instead of now"),
		messageGroup.one("message-id", "ID", "the identifier, instead of a random one"),
		messageGroup.toggle("auto", "mark the message as sent by a program, so that vacation programs do not reply"),

		textGroup.one("body", "TEXT", "the text, instead of standard input"),
		textGroup.one("body-file", "FILE", "read the text from a file (-: standard input, the default)"),
		textGroup.toggle("no-body", "leave out the text"),
		textGroup.one("charset", "NAME", "what the text is encoded in, if not UTF-8"),
		textGroup.one("html", "FILE", "an HTML version of the text (-: standard input)"),
		textGroup.toggle("skip-empty E", "exit 0 without output if the text is empty"),
		textGroup.toggle("allow-empty", "allow a message with no text and no attachment"),
		textGroup.one("exec", "COMMAND [ARG...]", "take the text from the output of a command; must be the last flag"),
		textGroup.toggle("stderr", "with --exec: include standard error"),
		textGroup.toggle("on-failure", "with --exec: compose only if the command failed"),
		textGroup.one("max-body", "SIZE", "with --exec: cut the middle out of longer output (bytes, or K, M, G)"),

		filesGroup.many("attach a", "FILE[,key=value...]", "attach a file (keys: "+strings.Join(attachmentKeys, ", ")+")"),
		filesGroup.many("inline i", "FILE[,key=value...]", "attach a file that is shown within the text"),

		messageGroup.toggle("plain", "write one text/plain part, not a multipart"),
		messageGroup.toggle("crlf", "write CRLF line endings"),
		messageGroup.one("boundary", "TEXT", "what separates the parts, instead of a random text"),
	}
}

func accountFlags() []urfave.Flag {
	return []urfave.Flag{
		serverGroup.one("account A", "ACCOUNT", "use this account of the configuration"),
		serverGroup.one("config", "FILE|none", "read this configuration file, or none"),
	}
}

// interactiveFlag returns the flag that is the last one of MESSAGE.
func interactiveFlag() []urfave.Flag {
	return []urfave.Flag{messageGroup.toggle("interactive", "ask on the terminal for what is missing")}
}

// serverFlags returns the flags of the settings of an account. From is not among
// them: each command has a flag of its own for it.
func serverFlags() []urfave.Flag {
	var flags []urfave.Flag
	for _, key := range config.Keys() {
		if key.Usage == "" {
			continue
		}
		names := key.Flag()
		if names == "server" {
			names += " S"
		}
		c := settingCategory(key.Name)
		switch {
		case key.Switch():
			flags = append(flags, c.toggle(names, key.Usage))
		case key.Repeatable():
			flags = append(flags, c.many(names, key.Placeholder, key.Usage))
		default:
			flags = append(flags, c.one(names, key.Placeholder, key.Usage))
		}
	}
	return flags
}

// settingCategory returns the category of the flag for a setting of an account.
func settingCategory(key string) category {
	switch {
	case strings.HasPrefix(key, "tls"):
		return tlsGroup
	case key == "user" || key == "auth" || strings.HasPrefix(key, "password"):
		return loginGroup
	}
	return serverGroup
}

// envelopeFrom returns the flag for the envelope sender. In send, -f and --from
// name the author instead.
func envelopeFrom(names string) urfave.Flag {
	return serverGroup.one(names, "ADDR", "the envelope sender ('<>' for none)")
}

// envelopeFlags returns the flags that end up in MAIL and RCPT, after those that
// only one command has.
func envelopeFlags(own ...urfave.Flag) []urfave.Flag {
	return append(own,
		serverGroup.one("partial", "accept|refuse", "if some recipients are refused: continue, or send to none"),
		serverGroup.one("notify N", "success,failure,delay|never", "when to send a delivery report"),
		serverGroup.one("ret R", "full|hdrs", "how much of the message a delivery report contains"),
		serverGroup.one("envid", "ID", "the name of the envelope in delivery reports"),
	)
}

// deliveryFlags returns the flags that change how a mail is sent, before those
// that only one command has.
func deliveryFlags(own ...urfave.Flag) []urfave.Flag {
	return append([]urfave.Flag{
		serverGroup.toggle("hold", "read all input before connecting"),
		serverGroup.toggle("chunking", "use BDAT instead of DATA if the server offers it"),
		serverGroup.toggle("allow-truncated", "send a multipart that has no end"),
		outputGroup.toggle("dry-run n", "do everything except connect, and print the envelope"),
		outputGroup.toggle("probe", "print what the server offers, and send nothing"),
	}, own...)
}

// spoolFlags returns the flags for a mail that cannot be sent now.
func spoolFlags() []urfave.Flag {
	return []urfave.Flag{
		spoolGroup.one("retry-for", "DUR", "repeat what failed temporarily for so long"),
		spoolGroup.many("spool", "WHERE", "keep what cannot be sent now (a directory, user:, system: or postgres://...)"),
		spoolGroup.toggle("spool-first", "keep the mail before connecting"),
		spoolGroup.toggle("spool-only", "keep the mail without connecting"),
		spoolGroup.toggle("spool-refused", "keep also what was refused permanently"),
		spoolGroup.one("unknown", "retry|hold", "what to do after an unknown outcome"),
		spoolGroup.one("max-age", "DUR", "give up after this time (default 5d)"),
		spoolGroup.one("on-fail", "ADDR", "who gets the bounce instead of the sender"),
	}
}

func traceFlag() urfave.Flag {
	return outputGroup.optional("trace", "explain", "show the dialogue on standard error, or explain it as well")
}

func chartFlag() urfave.Flag {
	return outputGroup.one("chart", "FILE", "draw the dialogue (-: standard error; *.svg: an image)")
}

// dialogueFlags returns the flags that show the dialogue or its result.
func dialogueFlags() []urfave.Flag {
	return []urfave.Flag{
		outputGroup.one("report", "text|json", "print the result for each recipient"),
		traceFlag(),
		chartFlag(),
		outputGroup.one("log", "FILE|syslog|none", "write a line about the mail to a file or to syslog"),
	}
}
