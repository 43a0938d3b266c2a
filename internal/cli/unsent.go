package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"mailpipe/internal/buffer"
	"mailpipe/internal/message"
	"mailpipe/internal/oserror"
	"mailpipe/internal/shell"
	"mailpipe/internal/spool"
	"mailpipe/internal/stdio"
)

// typed reports whether a person types the text at a terminal, so that it is
// nowhere else.
func (d *draft) typed() bool {
	return d.answered || d.body.kind == bodyFile && d.body.path == "-" && stdio.IsTerminal(d.Stdin)
}

// saveUnsent saves a mail that was not sent because of err. It does not save
// one that may have been delivered, so that no recipient gets it twice.
func (d *deliveryRequest) saveUnsent(mail *buffer.Store, err error) error {
	if err == nil || d.flags.Bool("dry-run") || uncertain(err) {
		return err
	}
	return &failure{err: err, details: []string{d.save(mail, spool.Failed)}}
}

// save saves a mail and returns a line with the command that sends it. With a spool
// the mail is kept there, in the given state.
func (d *deliveryRequest) save(mail *buffer.Store, state spool.State) string {
	if k := d.keeper; k != nil && k.spool != nil {
		if line := k.saveTyped(mail, state); line != "" {
			return line
		}
	}
	name, err := saveMail(mail.Reader(), d.Getenv("HOME"), time.Now())
	if err != nil {
		return "the mail could not be saved: " + oserror.Reason(err).Error()
	}
	command, missing := d.deliverCommand(d.missed())
	return "the mail was saved; this sends it" + missingWords(missing) + ": " + command + " <" + shell.Quote(name)
}

// saveTyped keeps a typed mail that was not sent. It returns "" if it cannot.
func (k *keeper) saveTyped(mail *buffer.Store, state spool.State) string {
	if k.entry != nil && k.entry.State == spool.Failed {
		return "" // with --spool-refused
	}
	r := mail.Reader()
	m, err := message.Read(r, message.Options{CRLF: true, Again: r})
	if err != nil {
		return ""
	}
	defer m.Close()
	e := k.envelope()
	e.State = state
	entry, err := commit(k.spool, m, e)
	if err != nil {
		return ""
	}
	defer entry.Close()
	return "kept as " + shortID(entry.ID) + " in " + k.d.shortPath(k.spool.Dir()) + " (" + string(state) + ")"
}

// saveMail writes the mail to a new file that only the user can read, and
// returns its name.
func saveMail(mail io.Reader, home string, now time.Time) (name string, err error) {
	if home == "" {
		return "", errors.New("$HOME is not set")
	}
	f, err := newFile(filepath.Join(home, "mailpipe-unsent-"+now.Format("20060102-150405")))
	if err != nil {
		return "", err
	}
	_, err = io.Copy(f, mail)
	err = errors.Join(err, f.Close())
	if err != nil {
		os.Remove(f.Name())
		return "", err
	}
	return f.Name(), nil
}

// newFile creates stem.eml, or stem-2.eml if that exists, and so on.
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
