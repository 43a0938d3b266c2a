package prompt

import (
	"io"
	"os"
	"sync"
	"syscall"

	"golang.org/x/term"

	"mailpipe/internal/signals"
)

// Fill asks at a terminal for what is missing. It leaves the terminal as it
// was, also if a signal ends the process.
func (f *Form) Fill(in, out *os.File) error {
	fd := int(in.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return err
	}
	var changing sync.Mutex
	handler := signals.New(func(os.Signal) {
		changing.Lock() // and never unlocked: the terminal must not become raw again
		term.Restore(fd, before)
	})
	handler.Add(syscall.SIGQUIT)
	defer handler.Release()
	changing.Lock()
	_, err = term.MakeRaw(fd)
	changing.Unlock()
	if err != nil {
		return err
	}
	defer term.Restore(fd, before)

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
