package cli

import (
	"slices"
	"strings"

	urfave "github.com/urfave/cli/v2"

	"mailpipe/internal/config"
)

// Flag is a row of a command's flag table. The sorter of arguments, the parser, the
// help, the suggestions and the test of the man pages all read this table.
type Flag struct {
	Name    string   // without dashes; one letter where there is no long name
	Aliases []string // letters and other long names
	Value   string   // what stands for its value in the help; empty: a switch
	Many    bool     // it may be repeated; else the last one counts
	Usage   string
}

// Names returns all names of the flag with their dashes, the long one first.
func (f Flag) Names() []string {
	names := []string{dashed(f.Name)}
	for _, a := range f.Aliases {
		names = append(names, dashed(a))
	}
	return names
}

func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

func (f Flag) is(name string) bool {
	return f.Name == name || slices.Contains(f.Aliases, name)
}

// urfave returns the flag as the library wants it.
func (f Flag) urfave() urfave.Flag {
	switch {
	case f.Value == "":
		return &urfave.BoolFlag{Name: f.Name, Aliases: f.Aliases}
	case f.Many:
		return &urfave.StringSliceFlag{Name: f.Name, Aliases: f.Aliases, KeepSpace: true}
	}
	return &urfave.StringFlag{Name: f.Name, Aliases: f.Aliases}
}

// synopsis is how the flag is typed: letters, long names, value.
func (f Flag) synopsis() string {
	var letters, long []string
	for _, name := range f.Names() {
		if len(name) == 2 {
			letters = append(letters, name)
		} else {
			long = append(long, name)
		}
	}
	line := strings.Join(append(letters, long...), ", ")
	if len(letters) == 0 {
		line = "    " + line
	}
	if f.Value != "" {
		line += " " + f.Value
	}
	return line
}

// Command is what stands behind the program's name.
type Command struct {
	Name     string
	Operands string // as in the synopsis
	Usage    string
	flags    func() []Flag // its own, those in Common besides; nil: none
	run      func(*call) error
}

func (c Command) own() []Flag {
	if c.flags == nil {
		return nil
	}
	return c.flags()
}

// Common returns the flags that every command has, and the program without a command.
func Common() []Flag {
	return []Flag{
		{Name: "version", Usage: "show the version"},
		{Name: "verbose", Aliases: []string{"v"}, Usage: "say more on standard error"},
		{Name: "quiet", Aliases: []string{"q"}, Usage: "no notes on standard error, only errors"},
		{Name: "help", Aliases: []string{"h"}, Usage: "show this text"},
	}
}

// Flags returns the flags of a command, Common among them; of the program itself for the empty name.
func Flags(command string) []Flag {
	if command == "" {
		return Common()
	}
	for _, c := range Commands() {
		if c.Name == command {
			return append(c.own(), Common()...)
		}
	}
	return nil
}

// Commands returns all commands in the order of the help.
func Commands() []Command {
	return []Command{
		{"compose", "[FILE...]", "write a MIME message: the text from standard input, files attached", composeFlags, runCompose},
		{"deliver", "[RECIPIENT...]", "carry the MIME message on standard input to an SMTP server", deliverFlags, runDeliver},
		{"send", "[FILE...]", "compose and deliver in one process", sendFlags, runSend},
		{"detect", "[FILE...]", "tell type, charset and transfer encoding of files", nil, runDetect},
		{"sink", "[DIR]", "an SMTP server on loopback for trying things out", sinkFlags, runSink},
		{"config", "", "show the settings in force and where each came from", configFlags, runConfig},
	}
}

func composeFlags() []Flag {
	own := []Flag{
		{"from", []string{"f"}, "ADDR", false, "the author"},
		{"to", []string{"t"}, "ADDR", true, "a recipient, or a comma list"},
		{"cc", []string{"c"}, "ADDR", true, "who gets a copy"},
		{"bcc", []string{"b"}, "ADDR", true, "who gets a copy that the others do not see"},
		{"reply-to", nil, "ADDR", true, "where answers go"},
		{"subject", []string{"s"}, "TEXT", false, "the subject"},
		{"header", []string{"H"}, "'Name: value'", true, "a further header field"},
		{"body", nil, "TEXT", false, "the text itself"},
		{"body-file", nil, "FILE", false, "the file with the text; -, standard input, is the default"},
		{"no-body", nil, "", false, "no text"},
		{"charset", nil, "NAME", false, "charset of the text when it is not UTF-8"},
		{"html", nil, "FILE", false, "an HTML version of the text (- is standard input)"},
		{"attach", []string{"a"}, "FILE[,key=value...]", true, "attach a file; keys: type, name, charset, encoding, disposition"},
		{"inline", []string{"i"}, "FILE[,key=value...]", true, "a file shown within the text"},
		{"reply-to-message", nil, "FILE", false, "answer the message in FILE"},
		{"in-reply-to", nil, "ID", false, "the Message-ID that is answered"},
		{"references", nil, "ID", true, "Message-IDs of the thread"},
		{"date", nil, "RFC3339", false, "the date in place of now"},
		{"message-id", nil, "ID", false, "the Message-ID in place of a random one"},
		{"boundary", nil, "TEXT", false, "the boundary in place of a random one"},
		{"auto", nil, "", false, "mark as sent by a program, which keeps vacation answers away"},
		{"plain", nil, "", false, "one text/plain part, not multipart"},
		{"crlf", nil, "", false, "CRLF line ends in the output"},
		{"skip-empty", []string{"E"}, "", false, "nothing to do when the text is empty"},
		{"allow-empty", nil, "", false, "a mail without text and files is all right"},
		{"exec", nil, "COMMAND [ARG...]", false, "the output of a command is the text; must be the last flag"},
		{"stderr", nil, "", false, "with --exec: take its standard error too"},
		{"on-failure", nil, "", false, "with --exec: only when the command failed"},
		{"max-body", nil, "SIZE", false, "with --exec: cut the middle of a longer output (bytes, or K, M, G)"},
		{"interactive", nil, "", false, "ask on the terminal for what is missing"},
	}
	return append(own, accountFlags()...)
}

func accountFlags() []Flag {
	return []Flag{
		{"account", []string{"A"}, "NAME", false, "the account of the configuration to use"},
		{"config", nil, "FILE|none", false, "the configuration file"},
	}
}

// serverFlags returns the flags of the settings of an account. From is not among
// them: each command has a flag of its own for it.
func serverFlags() []Flag {
	var flags []Flag
	for _, key := range config.Keys() {
		if key.Usage == "" {
			continue
		}
		f := Flag{Name: key.Flag(), Value: key.Placeholder, Many: key.Repeatable, Usage: key.Usage}
		if f.Name == "server" {
			f.Aliases = []string{"S"}
		}
		flags = append(flags, f)
	}
	return flags
}

// deliveryFlags are about one mail.
func deliveryFlags() []Flag {
	return []Flag{
		{"hold", nil, "", false, "read all of the input before the server is called"},
		{"partial", nil, "accept|refuse", false, "what to do when only some recipients are refused"},
		{"notify", []string{"N"}, "success,failure,delay|never", false, "when to send a delivery report"},
		{"ret", []string{"R"}, "full|hdrs", false, "what a delivery report holds of the mail"},
		{"envid", nil, "ID", false, "the envelope's name in delivery reports"},
		{"chunking", nil, "", false, "BDAT in place of DATA where it is offered"},
		{"allow-truncated", nil, "", false, "send a multipart that has no end"},
		{"dry-run", []string{"n"}, "", false, "all but the network: print the envelope"},
		{"probe", nil, "", false, "print what the server offers, send nothing"},
		{"report", nil, "text|json", false, "print what became of each recipient"},
		{"trace", nil, "", false, "show the dialogue on standard error"},
		{"chart", nil, "FILE", false, "draw the dialogue (- is standard error, *.svg a picture)"},
	}
}

func deliverFlags() []Flag {
	return slices.Concat(serverFlags(), []Flag{
		{"envelope-from", []string{"f", "from", "r"}, "ADDR", false, "the envelope sender, '<>' for none"},
	}, accountFlags(), deliveryFlags(), []Flag{
		{"skip-empty", []string{"E"}, "", false, "nothing to do when the input is empty"},
		{"t", nil, "", false, "the header's recipients besides the operands"},
		{"i", nil, "", false, "ignored, as typed for other programs"},
	})
}

func sendFlags() []Flag {
	return slices.Concat(composeFlags(), serverFlags(), []Flag{
		{"envelope-from", []string{"r"}, "ADDR", false, "the envelope sender, '<>' for none"},
	}, deliveryFlags())
}

func sinkFlags() []Flag {
	return []Flag{
		{"listen", nil, "ADDR", false, "where to listen (127.0.0.1:2525; port 0: any)"},
		{"count", nil, "N", false, "end after N mails"},
		{"reply", nil, "STAGE=CODE", true, "answer a stage with a code: rcpt=451, dot=552"},
	}
}

func configFlags() []Flag {
	return slices.Concat(serverFlags(), accountFlags(), []Flag{
		{"from-msmtp", nil, "FILE", false, "print an msmtprc as TOML"},
	})
}
