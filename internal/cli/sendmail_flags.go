package cli

import (
	"slices"
	"strings"

	"mailpipe/internal/getopt"
	"mailpipe/internal/termtext"
)

// sendmailTable lists the flags of sendmail.
var sendmailTable = getopt.Table{
	"t": {}, "v": {}, "I": {},
	"f": {Value: getopt.Required}, "r": {Value: getopt.Required}, "F": {Value: getopt.Required},
	"N": {Value: getopt.Required}, "R": {Value: getopt.Required}, "V": {Value: getopt.Required},
	"L": {Value: getopt.Required}, "b": {Value: getopt.Required}, "q": {Value: getopt.Glued},

	// Without effect.
	"i": {}, "m": {}, "n": {}, "G": {}, "U": {}, "x": {},
	"a": {}, "c": {}, "P": {}, "S": {}, "s": {}, "T": {},
	"A": {Value: getopt.Required}, "B": {Value: getopt.Required}, "C": {Value: getopt.Required},
	"h": {Value: getopt.Required}, "M": {Value: getopt.Required}, "O": {Value: getopt.Required},
	"p": {Value: getopt.Required}, "X": {Value: getopt.Required},
	"o": {Value: getopt.Required, Short: "im78de"},
	"D": {Value: getopt.Glued}, "d": {Value: getopt.Glued}, "E": {Value: getopt.Glued},
	"J": {Value: getopt.Glued}, "Q": {Value: getopt.Glued}, "e": {Value: getopt.Glued},
}

// sendmailArgs are the arguments of sendmail.
type sendmailArgs struct {
	mode       string // the value of -b, or "q"
	fromHeader bool   // -t
	sender     string // of -f and -r
	hasSender  bool
	fullName   string            // of -F
	tag        string            // of -L
	recipients []string          // each one a list of addresses
	notify     map[string]string // NOTIFY of recipients
	unknown    []string          // flags
}

// sendmail reads the arguments of sendmail. Those that deliver has too become its
// flags.
func (p *parser) sendmail(args []string) error {
	own := p.commandLine.sendmail
	own.mode = "m"
	p.command.Flags = deliverFlags()
	a, err := getopt.Parse(args, sendmailTable)
	if err != nil {
		return usage("%s", termtext.Line(err.Error()))
	}
	for _, f := range a.Flags {
		if err := checkValue("-"+f.Name, f.Value); err != nil {
			return err
		}
		switch f.Name {
		case "t":
			own.fromHeader = true
		case "f", "r":
			own.sender, own.hasSender = f.Value, true
		case "F":
			own.fullName = f.Value
		case "L":
			own.tag = f.Value
		case "b":
			own.mode = f.Value
		case "I":
			own.mode = "i"
		case "q":
			if own.mode == "m" { // -bd -q1h runs no daemon
				own.mode = "q"
			}
		case "v":
			p.set("trace", "")
		case "N":
			p.set("notify", f.Value)
		case "R":
			p.set("ret", f.Value)
		case "V":
			p.set("envid", f.Value)
		}
	}
	own.recipients, own.unknown = a.Operands, a.Unknown
	return own.check()
}

// check returns an error for a mode that does not exist.
func (a *sendmailArgs) check() error {
	if slices.Contains(strings.Fields("m s p i v q h H P"), a.mode) {
		return nil
	}
	e := usage("-b%s: unsupported mode", termtext.Line(a.mode))
	switch a.mode {
	case "d", "D", "l":
		return e.withHint("to send what waits in the spool, use mailpipe queue run")
	case "t":
		return e.withHint("to see where the mail for an address goes, use -bv ADDRESS")
	}
	return e.withHint("to send the message on standard input, use -bm; to list what waits, use -bp")
}
