package cli

import (
	"cmp"
	"errors"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"mailpipe/internal/oserror"
	"mailpipe/internal/stdio"
)

// A typedText is a text that a person types at a terminal, so that it is nowhere
// else. A signal may save it at any time.
type typedText struct {
	mu   sync.Mutex
	text string
	line string // after the text, without its line ending
	file string // that an editor changes; empty: none
}

// set replaces the text, and the unfinished line after it.
func (t *typedText) set(text, line string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text, t.line = text, line
}

// Write appends to the text.
func (t *typedText) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text += string(p)
	return len(p), nil
}

// edit says that an editor changes the text in a file, which holds it until the next
// call with an empty name.
func (t *typedText) edit(file string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.file = file
}

// save saves the text in a file, as saveUnsent does, unless it is empty, and returns the
// line that says so. It saves a text once.
func (t *typedText) save(home string) []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.file != "" {
		edited, _ := readEdited(t.file)
		t.text = cmp.Or(edited, t.text) // the editor may be about to write it
	}
	if t.line != "" {
		t.text, t.line = t.text+t.line+"\n", ""
	}
	if t.text == "" {
		return nil
	}
	open := func() io.Reader { return strings.NewReader(t.text) }
	name, err := saveUnsent(open, ".txt", home, time.Now())
	if err != nil {
		return []string{"the text could not be saved: " + oserror.Reason(err).Error()} // t.file may have it
	}
	t.text = ""
	os.Remove(t.file) // if there is one
	return []string{"the text was saved in " + name}
}

// saveText saves the text that was typed, if there is one, because of err. It returns
// err with the line that says so.
func (d *draft) saveText(err error) error {
	if err == nil {
		return nil
	}
	lines := d.typing.save(d.Getenv("HOME"))
	switch {
	case lines == nil:
		return err
	case stdio.ReaderGone(err): // of which there is no message
		d.explain(errors.New(lines[0]))
		return err
	}
	return &failure{err: err, details: lines}
}

// saveAtSignal saves the text that was typed before a signal ends the process.
func (d *draft) saveAtSignal(s os.Signal) {
	if lines := d.typing.save(d.Getenv("HOME")); lines != nil {
		d.explain(&failure{err: errors.New(s.String()), details: lines})
	}
}

// textIsSafe says that the text need not be saved any more: it is saved, or the whole
// mail will be.
func (d *draft) textIsSafe() {
	d.typing.set("", "")
	if d.handler != nil {
		d.handler.Release()
	}
}
