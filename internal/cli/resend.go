package cli

import (
	"slices"
	"strings"

	urfave "github.com/urfave/cli/v2"

	"mailpipe/internal/config"
	"mailpipe/internal/shell"
	"mailpipe/wire"
)

// maxResend is how many recipients a command in a hint may name.
const maxResend = 20

// resendHint returns the command that sends a mail to the deferred recipients
// alone, if all others have it. A mail that is saved has such a command already.
func (d *deliveryRequest) resendHint() string {
	deferred := d.deferred()
	const intro = "send it to the deferred recipients alone"
	switch {
	case len(deferred) == 0 || d.attended || d.onSignal != nil:
		return ""
	case len(deferred) > maxResend:
		return intro + ": --report text lists them"
	}
	command, missing := d.deliverCommand(deferred)
	if d.name == "send" {
		command = d.composeCommand() + " | " + command
	} else {
		command += " <FILE"
	}
	return intro + missingWords(missing) + ": " + command
}

// deferred returns the recipients that were deferred, if all others have the mail.
func (d *deliveryRequest) deferred() []string {
	for _, to := range d.receipt.Recipients {
		if to.Outcome != wire.OutcomeAccepted && to.Outcome != wire.OutcomeDeferred {
			return nil
		}
	}
	return d.missed()
}

// missed returns the recipients that do not have the mail, if others have it.
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

// deliverCommand returns the command that delivers a mail with the flags of
// this delivery. recipients replace those in the header; there may be none. The
// command lacks the missing flags, whose values may contain a password.
func (d *deliveryRequest) deliverCommand(recipients []string) (command string, missing []string) {
	flags := slices.Concat(serverFlags(), accountFlags(),
		envelopeFlags(envelopeFrom("envelope-from")), deliveryFlags(), dialogueFlags())
	words := append([]string{program, "deliver"}, d.words(flags)...)
	if len(recipients) > 0 {
		words = append(words, "--") // an address in a header may look like a flag
	}
	for _, to := range recipients {
		words = append(words, shell.Quote(to))
	}
	for _, a := range d.line.args {
		if hasSecret(a) {
			missing = append(missing, "--"+a.flag)
		}
	}
	return strings.Join(words, " "), missing
}

// composeCommand returns the command that composes the mail of this send.
func (d *deliveryRequest) composeCommand() string {
	words := append([]string{program, "compose"}, d.words(slices.Concat(messageFlags(), accountFlags()))...)
	for _, name := range d.line.operands() {
		if name == "-" {
			words = append(words, name)
		} else {
			words = append(words, shell.File(name))
		}
	}
	if d.line.exec != nil {
		words = append(words, "--exec")
	}
	for _, word := range d.line.exec {
		words = append(words, shell.Quote(word))
	}
	return strings.Join(words, " ")
}

// words returns those of the given flags that the command line has, as words of
// a shell.
func (d *deliveryRequest) words(flags []urfave.Flag) []string {
	var words []string
	for _, a := range d.line.args {
		f := findFlag(flags, a.flag)
		if f == nil || a.flag == "exec" || hasSecret(a) {
			continue
		}
		words = append(words, "--"+a.flag)
		switch {
		case isOptional(f) && a.value != "":
			words[len(words)-1] += "=" + a.value
		case !isOptional(f) && takesValue(f):
			words = append(words, shell.Quote(a.value))
		}
	}
	return words
}

// hasSecret reports whether the value of a flag may contain a password.
func hasSecret(a argument) bool {
	return config.Shown(strings.ReplaceAll(a.flag, "-", "_"), a.value) != a.value
}

// missingWords returns words that ask the user to add flags to a command.
func missingWords(flags []string) string {
	if len(flags) == 0 {
		return ""
	}
	return ", with " + strings.Join(flags, " and ") + " added"
}
