package cli

import (
	"slices"
	"strings"

	"mailpipe/internal/shell"
	"mailpipe/wire"
)

// deliverCommand returns the command that delivers the mail in a file with the
// flags of this delivery. recipients replace those in the header; there may be
// none. The command has no --password-command, because its value may contain a
// password; secret reports whether the user must add it.
func (d *deliveryRequest) deliverCommand(recipients []string, file string) (command string, secret bool) {
	table := slices.Concat(serverFlags(), accountFlags(),
		envelopeFlags(envelopeFrom("envelope-from")), deliveryFlags(), dialogueFlags())
	words := []string{program, "deliver"}
	for _, a := range d.line.args {
		f := findFlag(table, a.flag)
		switch {
		case f == nil:
		case a.flag == "password-command":
			secret = true
		case takesValue(f):
			words = append(words, "--"+a.flag, shell.Quote(a.value))
		default:
			words = append(words, "--"+a.flag)
		}
	}
	if len(recipients) > 0 {
		words = append(words, "--") // the header may contain an address that looks like a flag
	}
	for _, to := range recipients {
		words = append(words, shell.Quote(to))
	}
	return strings.Join(words, " ") + " <" + shell.Quote(file), secret
}

// missed returns the recipients that did not get the mail, if others did.
func (d *deliveryRequest) missed() []string {
	var list []string
	for _, to := range d.receipt.Recipients {
		if to.Outcome != wire.OutcomeAccepted {
			list = append(list, to.Address)
		}
	}
	if len(list) == len(d.receipt.Recipients) {
		return nil
	}
	return list
}
