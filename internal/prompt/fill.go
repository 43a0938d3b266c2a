package prompt

import (
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"golang.org/x/term"

	"mailpipe/internal/signals"
)

// Fill asks at a terminal for what is missing. It leaves the terminal as it
// was, also if a signal ends the process.
func (f *Form) Fill(in, out *os.File) error {
	handler := signals.New(nil)
	defer handler.Release()
	return inRawMode(handler, in, out, f.fill)
}

// inRawMode calls ask while a terminal is in raw mode. Before a signal ends the
// process, handler restores the terminal.
func inRawMode(
	handler *signals.Handler, in, out *os.File, ask func(rw io.ReadWriter, resize func(*term.Terminal)) error,
) error {
	fd := int(in.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return err
	}
	var changing sync.Mutex
	release := handler.Before(func() {
		changing.Lock() // and never unlocked: the terminal must not become raw again
		term.Restore(fd, before)
	})
	defer release()
	handler.Add(syscall.SIGQUIT)
	defer signal.Reset(syscall.SIGQUIT)
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
	return ask(struct {
		io.Reader
		io.Writer
	}{in, out}, resize)
}
