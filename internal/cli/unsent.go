package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"mailpipe/internal/buffer"
	"mailpipe/internal/config"
	"mailpipe/internal/oserror"
	"mailpipe/internal/shell"
	"mailpipe/internal/stdio"
	"mailpipe/wire"
)

// typed reports whether a person types the text at a terminal: then it is nowhere else.
func (d *draft) typed() bool {
	return d.answered || d.body == bodyInput && stdio.IsTerminal(d.Stdin)
}

// unsentError is why a mail that was typed was not sent, and where it is now.
type unsentError struct {
	err   error
	where string
}

func (e *unsentError) Error() string { return e.err.Error() }
func (e *unsentError) Unwrap() error { return e.err }

// saveUnsent saves the mail that was not sent because of err. One that may have
// been delivered is not saved: it would be sent again.
func (d *deliveryRequest) saveUnsent(mail *buffer.Store, err error) error {
	if err == nil || d.flags.Bool("dry-run") || uncertain(err) {
		return err
	}
	return &unsentError{err, d.save(mail)}
}

// save saves a mail and says where it is.
func (d *deliveryRequest) save(mail *buffer.Store) string {
	name, err := saveMail(mail.Reader(), d.Getenv("HOME"), time.Now())
	if err != nil {
		return "the mail could not be saved: " + oserror.Reason(err)
	}
	return "the mail was saved; this sends it: " + d.commandFor(name)
}

// commandFor is the deliver that does what this send did not: the same flags and,
// where some recipients have the mail, the others. What a password command is given stays hidden.
func (d *deliveryRequest) commandFor(name string) string {
	words := []string{program, "deliver"}
	table := slices.Concat(serverFlags(), accountFlags(), envelopeFlags(envelopeFrom("envelope-from")), deliveryFlags(), dialogueFlags())
	for _, a := range d.line.args {
		f := findFlag(table, a.flag)
		if f == nil {
			continue
		}
		words = append(words, "--"+a.flag)
		if takesValue(f) {
			words = append(words, shell.Quote(config.Shown(strings.ReplaceAll(a.flag, "-", "_"), a.value)))
		}
	}
	var missed []string
	for _, to := range d.receipt.Recipients {
		if to.Outcome != wire.OutcomeAccepted {
			missed = append(missed, shell.Quote(to.Address))
		}
	}
	if len(missed) < len(d.receipt.Recipients) {
		words = append(words, missed...)
	}
	return strings.Join(words, " ") + " <" + shell.Quote(name)
}

// saveMail writes the mail to a new file for nobody else, and returns its name.
func saveMail(mail io.Reader, home string, now time.Time) (name string, err error) {
	if home == "" {
		return "", errors.New("$HOME is not set")
	}
	f, err := newFile(filepath.Join(home, "mailpipe-unsent-"+now.Format("20060102-150405")))
	if err != nil {
		return "", err
	}
	_, err = io.Copy(f, mail)
	if err = errors.Join(err, f.Close()); err != nil {
		os.Remove(f.Name())
		return "", err
	}
	return f.Name(), nil
}

// newFile makes stem.eml, or stem-2.eml where that is there.
func newFile(stem string) (*os.File, error) {
	name := stem + ".eml"
	for i := 2; ; i++ {
		f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
		name = fmt.Sprintf("%s-%d.eml", stem, i)
	}
}
