package cli

import (
	"cmp"
	"errors"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"

	"mailpipe/compose"
	"mailpipe/internal/address"
	"mailpipe/internal/getopt"
	"mailpipe/internal/termtext"
)

// mailxTable lists the flags of mailx: those of bsd-mailx, GNU mailutils and s-nail.
var mailxTable = getopt.Table{
	"s": {Value: getopt.Required}, "c": {Value: getopt.Required}, "b": {Value: getopt.Required},
	"r": {Value: getopt.Required}, "a": {Value: getopt.Required}, "A": {Value: getopt.Required},
	"C": {Value: getopt.Required}, "T": {Value: getopt.Required}, "S": {Value: getopt.Required},
	"q": {Value: getopt.Required}, "m": {Value: getopt.Required}, "M": {Value: getopt.Matching, Match: isType},
	"E": {Value: getopt.Matching, Match: isSet}, "t": {}, "v": {}, "d": {}, ".": {Value: getopt.Last},

	// Of GNU mailutils.
	"subject": {Value: getopt.Required}, "append": {Value: getopt.Required}, "attach": {Value: getopt.Required},
	"attach-fd": {Value: getopt.Required}, "content-type": {Value: getopt.Required},
	"content-name": {Value: getopt.Required}, "content-filename": {Value: getopt.Required},
	"encoding": {Value: getopt.Required}, "return-address": {Value: getopt.Required}, "to": {},

	// Without effect.
	"i": {}, "I": {}, "n": {}, "N": {}, "B": {}, "D": {}, "F": {}, "R": {}, "~": {}, "#": {},
	"X": {Value: getopt.Required}, "Y": {Value: getopt.Required}, ":": {Value: getopt.Required},

	// Of programs that read mail too.
	"f": {}, "u": {}, "e": {}, "H": {}, "p": {}, "L": {},
}

var typePattern = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[A-Za-z0-9][\w.+-]*/[\w.+-]+(;.*)?$`)
})

// isType reports whether an argument is the value of -M of s-nail; that of GNU has
// none.
func isType(arg string) bool { return typePattern().MatchString(arg) }

// isSet reports whether an argument is a command of GNU mail, the value of -E; that of
// the others has none.
func isSet(arg string) bool { return strings.HasPrefix(arg, "set ") }

// mailxArgs are those arguments of mailx that are not flags of send.
type mailxArgs struct {
	from        string            // an address; empty: the user
	names       []address.Address // recipients without a domain
	attachments []attachment
	textType    string // the media type of the text; empty: text/plain
	skipEmpty   bool   // -E
	fromHeader  bool   // -t
	notes       []string
}

// A mailxParser translates the arguments of mailx into those of send.
type mailxParser struct {
	*parser
	*mailxArgs
	text string       // the file with the text; empty: standard input
	part compose.Part // what the flags say about the next file

	hasServer bool // -S named a server
}

// mailx reads the arguments of mailx.
func (p *parser) mailx(args []string) error {
	m := &mailxParser{parser: p, mailxArgs: new(mailxArgs)}
	p.commandLine.mailx = m.mailxArgs
	p.command.Flags = sendFlags()
	a, err := getopt.Permute(args, mailxTable)
	if err != nil {
		return usage("%s", termtext.Line(err.Error()))
	}
	if len(a.Unknown) > 0 {
		return usage("unknown flag %s", termtext.Line(a.Unknown[0])).withHint("mailpipe mailx --help lists the flags")
	}
	for _, f := range a.Flags {
		if err := m.flag(f.Name, f.Value); err != nil {
			return err
		}
	}
	if m.hasServer && m.has("account") { // its password would be sent to the server
		return usage("-S mta and -A exclude each other")
	}
	if m.fromHeader && m.text != "" {
		return usage("-t and -q exclude each other")
	}
	if m.part.Type != "" && len(m.attachments) == 0 {
		if err := m.contentType("--content-type", m.part.Type); err != nil {
			return err
		}
	}
	operands, err := m.addRest(a)
	if err != nil {
		return err
	}
	for _, operand := range operands {
		err := m.addresses("to", "recipient", operand)
		if invalid, ok := errors.AsType[*failure](err); ok && invalid.hint == "" && len(operands) > 1 {
			invalid.hint = quoteSubject
		}
		if err != nil {
			return err
		}
	}
	if !m.fromHeader && !m.has("to") && !m.has("cc") && !m.has("bcc") {
		return readsNoMail("no recipient")
	}
	m.addText()
	return nil
}

// readsNoMail returns the error for arguments of a program that reads mail.
func readsNoMail(why string) error {
	return usage("%s: reads no mail", why).withHint("to send mail, name the recipients")
}

// flag translates a flag.
func (m *mailxParser) flag(name, value string) error {
	typed := dashed(name)
	mayBeFile := slices.Contains([]string{"a", "A", "append", "attach", "q", "m"}, name)
	mayHaveLines := name == "s" || name == "subject"
	if !mayHaveLines && !(mayBeFile && isFile(value)) {
		if err := checkValue(typed, value); err != nil {
			return err
		}
	}
	switch name {
	case "s", "subject":
		return m.subject(value)
	case "c":
		return m.addresses("cc", typed, value)
	case "b":
		return m.addresses("bcc", typed, value)
	case "r", "return-address":
		m.from = value
	case "a", "append":
		return m.fileOrField(typed, value)
	case "A":
		m.fileOrAccount(value)
	case "C", "T":
		return m.onlyField(typed, value)
	case "M":
		if value != "" {
			return m.contentType(typed, value)
		}
	case "q", "m":
		m.text = value
	case "S":
		return m.variable(value)
	case "E":
		m.skipEmpty = m.skipEmpty || value == ""
	case "t", "to":
		m.fromHeader = true
	case "v":
		m.set("trace", "")
	case "d":
		m.set("dry-run", "")
	case "f", "u", "e", "H", "p", "L":
		return readsNoMail(typed)
	}
	return m.attachFlag(name, value)
}

// addRest returns all operands. The flags after a -- that follows an operand are those of
// sendmail, to which bsd-mailx passes them.
func (m *mailxParser) addRest(a getopt.Arguments) (operands []string, err error) {
	ended := slices.ContainsFunc(a.Flags, func(f getopt.Flag) bool { return f.Name == "." })
	if len(a.Operands) == 0 || ended {
		return slices.Concat(a.Operands, a.Rest), nil
	}
	rest, err := getopt.Parse(a.Rest, sendmailTable)
	if err != nil {
		return nil, usage("%s", termtext.Line(err.Error()))
	}
	own := m.commandLine.sendmail
	for _, f := range rest.Flags {
		if err := checkValue("-"+f.Name, f.Value); err != nil {
			return nil, err
		}
		switch f.Name {
		case "f", "r":
			own.sender, own.hasSender = f.Value, true
		case "F":
			own.fullName = f.Value
		}
	}
	return slices.Concat(a.Operands, rest.Operands), nil
}

// addresses adds a flag with a list of addresses, which are separated by commas or
// spaces. An empty list of a script is no error, except as an operand.
func (m *mailxParser) addresses(flag, where, list string) error {
	if flag != "to" && strings.TrimSpace(list) == "" {
		return nil
	}
	if !strings.ContainsAny(list, `<"(`) {
		list = strings.ReplaceAll(list, " ", ",")
	}
	all, err := parseLocal(where, list)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return usage("%s: missing address", where)
	}
	var words []string
	for _, a := range all {
		if strings.HasPrefix(a.Local, "-") {
			return usage("%s: %s: must not begin with a hyphen", where, termtext.Line(a.Mailbox()))
		}
		if a.Domain == "" {
			m.names = append(m.names, a)
			a.Domain = "localhost" // which is this host
		}
		words = append(words, compose.Address(a).String())
	}
	m.set(flag, strings.Join(words, ", "))
	return nil
}

// addText adds the flags for the source of the text. If the type is not that of a text,
// the source is attached.
func (m *mailxParser) addText() {
	switch {
	case m.textType == "text/html":
		m.set("html", cmp.Or(m.text, "-"))
		m.set("no-body", "")
	case m.textType != "" && !strings.HasPrefix(m.textType, "text/"):
		m.set("no-body", "")
		text := attachment{path: cmp.Or(m.text, "-"), part: compose.Part{Type: m.textType}}
		m.attachments = append([]attachment{text}, m.attachments...)
	case m.text != "":
		m.set("body-file", m.text)
	}
}

// isFile reports whether an argument names a file.
func isFile(arg string) bool {
	_, err := os.Stat(arg)
	return err == nil || arg == "-"
}
