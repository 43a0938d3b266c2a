package cli

import (
	"slices"
	"strings"

	urfave "github.com/urfave/cli/v2"

	"mailpipe/internal/config"
)

// A category is a heading in the help of a command. It makes the flags under it.
type category string

const (
	headerGroup    category = "HEADER FIELDS"
	textGroup      category = "TEXT"
	filesGroup     category = "FILES"
	formatGroup    category = "FORMAT"
	serverGroup    category = "SERVER"
	accountGroup   category = "ACCOUNT"
	envelopeGroup  category = "ENVELOPE"
	deliveryGroup  category = "DELIVERY"
	spoolGroup     category = "RETRY AND SPOOL"
	dialogueGroup  category = "DIALOGUE"
	selectionGroup category = "SELECTION"
	securityGroup  category = "TLS AND LOGIN"
	optionsGroup   category = "OPTIONS"
	generalGroup   category = "GENERAL OPTIONS"
)

// toggle returns a flag without a value. The first of its names, which are
// separated by spaces, is the one that the program asks for.
func (c category) toggle(names, usage string) *urfave.BoolFlag {
	name, aliases := splitNames(names)
	return &urfave.BoolFlag{Name: name, Aliases: aliases, Category: string(c), Usage: usage}
}

// one returns a flag with a value. If it is repeated, the last value counts.
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

// quoted returns the name of a value as urfave/cli expects it in the usage.
func quoted(value string) string { return "`" + value + "` " }

// Flags returns the flags of a command, or of the program itself for "".
func Flags(command string) []urfave.Flag {
	switch command {
	case "compose":
		return composeFlags()
	case "deliver":
		return deliverFlags()
	case "send":
		return sendFlags()
	case "sendmail", "mailx":
		return append(dropInFlags(), generalFlags()...)
	case "detect":
		return detectFlags()
	case "sink":
		return sinkFlags()
	case "config":
		return configFlags()
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
		generalGroup.toggle("verbose v", "print more on standard error"),
		generalGroup.toggle("quiet q", "print only errors on standard error, no notes"),
		urfave.HelpFlag,
	}
}

func composeFlags() []urfave.Flag {
	return slices.Concat(messageFlags(), accountFlags(), interactiveFlag(), generalFlags())
}

func sendFlags() []urfave.Flag {
	return slices.Concat(messageFlags(), serverFlags(), accountFlags(),
		envelopeFlags(envelopeFrom("envelope-from r")),
		deliveryFlags(), spoolFlags(), dialogueFlags(), interactiveFlag(), generalFlags())
}

func deliverFlags() []urfave.Flag {
	return slices.Concat(serverFlags(), accountFlags(),
		envelopeFlags(
			envelopeFrom("envelope-from f from r"),
			envelopeGroup.toggle("t", "add the recipients in the header to the operands"),
		),
		deliveryFlags(
			deliveryGroup.toggle("repair", "repair what SMTP cannot carry or the server does not accept"),
			deliveryGroup.toggle("skip-empty E", "exit 0 without sending if the input is empty"),
			deliveryGroup.toggle("i", "ignored, for compatibility with sendmail"),
		),
		spoolFlags(), dialogueFlags(), generalFlags())
}

func sinkFlags() []urfave.Flag {
	return slices.Concat([]urfave.Flag{
		optionsGroup.one("listen", "ADDR", "where to listen (default 127.0.0.1:2525; port 0: any)"),
		optionsGroup.one("count", "N", "exit after this number of mails"),
		optionsGroup.many("reply", "STAGE=ACTION", "replace a reply: rcpt=451*1, rcpt:bob@example.org=550, dot=close"),
		optionsGroup.one("exec", "COMMAND [ARG...]", "run a command for each mail; must be the last flag"),
		traceFlag(),
		chartFlag(),
		securityGroup.toggle("tls", "offer STARTTLS"),
		securityGroup.toggle("smtps", "speak TLS from the first octet"),
		securityGroup.toggle("require-tls", "refuse mail without TLS"),
		securityGroup.one("tls-cert", "FILE", "the certificate (default: one for localhost, made at the start)"),
		securityGroup.one("tls-key", "FILE", "the key of the certificate"),
		securityGroup.one("auth", "USER|any", "require this login, or any login"),
		securityGroup.one("password-file", "FILE", "the file with the password of the user"),
	}, generalFlags())
}

func configFlags() []urfave.Flag {
	return slices.Concat([]urfave.Flag{
		optionsGroup.one("from-msmtp", "FILE", "print an msmtprc as TOML"),
		optionsGroup.toggle("accounts", "print the names of the accounts"),
		optionsGroup.toggle("json", "print each setting as a JSON object"),
	}, serverFlags(), accountFlags(), generalFlags())
}

// messageFlags returns the flags that describe a message.
func messageFlags() []urfave.Flag {
	return []urfave.Flag{
		headerGroup.one("from f", "ADDR", "the author"),
		headerGroup.many("to t", "ADDR", "a recipient, or a comma-separated list"),
		headerGroup.many("cc c", "ADDR", "a recipient of a copy"),
		headerGroup.many("bcc b", "ADDR", "a recipient that the others do not see"),
		headerGroup.many("reply-to", "ADDR", "where replies go"),
		headerGroup.one("subject s", "TEXT", "what the message is about"),
		headerGroup.many("header H", "'Name: value'", "a further field"),
		headerGroup.one("reply-to-message", "FILE", "take the recipient, subject and thread from a message"),
		headerGroup.one("in-reply-to", "ID", "the Message-ID that is answered"),
		headerGroup.many("references", "ID", "the Message-IDs of the thread"),
		headerGroup.one("date", "RFC3339", "the time of writing, instead of now"),
		headerGroup.one("message-id", "ID", "the identifier, instead of a random one"),
		headerGroup.toggle("auto", "mark the message as sent by a program, so that vacation programs do not reply"),

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

		formatGroup.toggle("plain", "write one text/plain part, not a multipart"),
		formatGroup.toggle("crlf", "write CRLF line endings"),
		formatGroup.one("boundary", "TEXT", "what separates the parts, instead of a random text"),
	}
}

func accountFlags() []urfave.Flag {
	return []urfave.Flag{
		accountGroup.one("account A", "ACCOUNT", "use this account of the configuration"),
		accountGroup.one("config", "FILE|none", "read this configuration file, or none"),
	}
}

// interactiveFlag returns the flag that is last among those of a message.
func interactiveFlag() []urfave.Flag {
	return []urfave.Flag{generalGroup.toggle("interactive", "ask on the terminal for what is missing")}
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
		switch {
		case key.Switch():
			flags = append(flags, serverGroup.toggle(names, key.Usage))
		case key.Repeatable():
			flags = append(flags, serverGroup.many(names, key.Placeholder, key.Usage))
		default:
			flags = append(flags, serverGroup.one(names, key.Placeholder, key.Usage))
		}
	}
	return flags
}

// envelopeFrom returns the flag for the envelope sender. In send, -f and --from
// name the author instead.
func envelopeFrom(names string) urfave.Flag {
	return envelopeGroup.one(names, "ADDR", "the envelope sender ('<>' for none)")
}

// envelopeFlags returns the flags that end up in MAIL and RCPT, after those that
// only one command has.
func envelopeFlags(own ...urfave.Flag) []urfave.Flag {
	return append(own,
		envelopeGroup.one("partial", "accept|refuse", "if some recipients are refused: continue, or send to none"),
		envelopeGroup.one("notify N", "success,failure,delay|never", "when to send a delivery report"),
		envelopeGroup.one("ret R", "full|hdrs", "how much of the message a delivery report contains"),
		envelopeGroup.one("envid", "ID", "the name of the envelope in delivery reports"),
	)
}

// deliveryFlags returns the flags that change how a mail is sent, before those
// that only one command has.
func deliveryFlags(own ...urfave.Flag) []urfave.Flag {
	return append([]urfave.Flag{
		deliveryGroup.toggle("hold", "read all input before connecting"),
		deliveryGroup.toggle("chunking", "use BDAT instead of DATA if the server offers it"),
		deliveryGroup.toggle("allow-truncated", "send a multipart that has no end"),
		deliveryGroup.toggle("dry-run n", "do everything except connect, and print the envelope"),
		deliveryGroup.toggle("probe", "print what the server offers, and send nothing"),
	}, own...)
}

// spoolFlags returns the flags for a mail that cannot be sent now.
func spoolFlags() []urfave.Flag {
	return []urfave.Flag{
		spoolGroup.one("retry-for", "DUR", "repeat what failed temporarily for so long"),
		spoolGroup.many("spool", "WHERE", "keep what cannot be sent now (a directory, user: or system:)"),
		spoolGroup.toggle("spool-first", "keep the mail before connecting"),
		spoolGroup.toggle("spool-only", "keep the mail without connecting"),
		spoolGroup.toggle("spool-refused", "keep also what was refused permanently"),
		spoolGroup.one("unknown", "retry|hold", "what to do after an unknown outcome"),
		spoolGroup.one("max-age", "DUR", "give up after this time (default 5d)"),
		spoolGroup.one("on-fail", "ADDR", "who gets the bounce instead of the sender"),
	}
}

func traceFlag() urfave.Flag {
	return dialogueGroup.optional("trace", "explain", "show the dialogue on standard error, or explain it as well")
}

func chartFlag() urfave.Flag {
	return dialogueGroup.one("chart", "FILE", "draw the dialogue (-: standard error; *.svg: an image)")
}

// dialogueFlags returns the flags that show the dialogue or its result.
func dialogueFlags() []urfave.Flag {
	return []urfave.Flag{
		dialogueGroup.one("report", "text|json", "print the result for each recipient"),
		traceFlag(),
		chartFlag(),
		dialogueGroup.one("log", "FILE|syslog|none", "write a line about the mail to a file or to syslog"),
	}
}
