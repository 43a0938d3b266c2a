package prompt

import (
	"io"
	"os"

	"golang.org/x/term"

	"mailpipe/internal/signals"
)

// Fill asks at a terminal for what is missing. It leaves the terminal as it
// was, also if a signal ends the process.
func (f *Form) Fill(in, out *os.File) error {
	before, err := term.MakeRaw(int(in.Fd()))
	if err != nil {
		return err
	}
	restore := func() { term.Restore(int(in.Fd()), before) }
	defer restore()
	handler := signals.New(func(os.Signal) { restore() })
	defer handler.Release()

	resize := func(t *term.Terminal) {
		width, height, err := term.GetSize(int(out.Fd()))
		if err == nil && width > 0 {
			t.SetSize(width, height)
		}
	}
	return f.fill(struct {
		io.Reader
		io.Writer
	}{in, out}, resize)
}
