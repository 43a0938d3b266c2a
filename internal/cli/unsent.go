package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"mailpipe/internal/buffer"
	"mailpipe/internal/message"
	"mailpipe/internal/oserror"
	"mailpipe/internal/shell"
	"mailpipe/internal/spool"
	"mailpipe/internal/stdio"
	"mailpipe/wire"
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
	return &failure{err: err, details: d.save(mail, spool.Failed)}
}

// save saves a mail and returns the lines that say so: the command that sends it.
// With a spool the mail is kept there, in the given state.
func (d *deliveryRequest) save(mail *buffer.Store, state spool.State) []string {
	if k := d.keeper; k != nil && k.spools.current() != nil {
		if lines, ok := k.saveTyped(mail, state); ok {
			return lines
		}
	}
	open := func() io.Reader { return mail.Reader() }
	name, err := saveUnsent(open, ".eml", d.Getenv("HOME"), time.Now())
	if err != nil {
		return []string{"the mail could not be saved: " + oserror.Reason(err).Error()}
	}
	command, missing := d.deliverCommand(d.missed())
	command += " <" + shell.Quote(name)
	return []string{"the mail was saved; this sends it" + missingWords(missing) + ": " + command}
}

// saveTyped keeps a typed mail for the recipients that neither have it nor are in the
// entry. It reports whether the mail is kept.
func (k *keeper) saveTyped(mail *buffer.Store, state spool.State) (lines []string, ok bool) {
	e, served := *k.envelope(), k.outcomes()
	for _, to := range k.d.receipt.Recipients {
		if to.Outcome == wire.OutcomeAccepted {
			served[to.Address] = to.Outcome.String()
		}
	}
	e.Recipients = slices.DeleteFunc(k.recipients(), func(to spool.Recipient) bool {
		_, isServed := served[to.Address]
		return isServed
	})
	switch {
	case len(e.Recipients) > 0:
	case state == spool.Held: // interrupted after --spool-first
		return []string{k.words(k.entry)}, true
	default: // sayKept has said it
		return nil, true
	}
	r := mail.Reader()
	m, err := message.Read(r, message.Options{CRLF: true, Again: r})
	if err != nil {
		return nil, false
	}
	defer m.Close()
	e.State = state
	entry, err := k.newEntry(&content{source: m}, e)
	if err != nil || entry == nil {
		return nil, false
	}
	defer entry.Close()
	return []string{k.words(entry) + " (" + string(state) + ")"}, true
}

// saveUnsent writes a mail or its text, which open opens, to a new file that only the
// user can read, and returns the name of the file. It is in the home directory or, if
// that is impossible, in the current directory or in the one for temporary files.
func saveUnsent(open func() io.Reader, extension, home string, now time.Time) (name string, err error) {
	err = errors.New("$HOME is not set")
	if home != "" {
		name, err = saveIn(home, open(), extension, now)
	}
	here, _ := os.Getwd() // empty if the directory has been removed
	for _, dir := range []string{here, os.TempDir()} {
		if name == "" && dir != "" {
			name, _ = saveIn(dir, open(), extension, now)
		}
	}
	if name != "" {
		return name, nil
	}
	return "", err
}

// saveIn writes content to a new file in a directory, and returns the name of the file.
func saveIn(dir string, content io.Reader, extension string, now time.Time) (name string, err error) {
	f, err := newFile(filepath.Join(dir, "mailpipe-unsent-"+now.Format("20060102-150405")), extension)
	if err != nil {
		return "", err
	}
	_, err = io.Copy(f, content)
	err = errors.Join(err, f.Close())
	if err != nil {
		os.Remove(f.Name())
		return "", err
	}
	return f.Name(), nil
}

// newFile creates a file such as stem.eml, or stem-2.eml if that exists, and so on.
func newFile(stem, extension string) (*os.File, error) {
	name := stem + extension
	for i := 2; ; i++ {
		f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
		name = fmt.Sprintf("%s-%d%s", stem, i, extension)
	}
}
