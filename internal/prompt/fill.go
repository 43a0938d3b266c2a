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
// was, also if handler ends the process.
func (f *Form) Fill(handler *signals.Handler, in, out *os.File) error {
	return inRawMode(handler, in, out, f.fill)
}

// A screen is a terminal in raw mode.
type screen struct {
	io.Reader
	io.Writer
	resize func(*term.Terminal) // sets the size of the terminal
	lend   func(use func())     // restores the terminal while use runs
}

// inRawMode calls ask while a terminal is in raw mode. Before a signal ends the
// process, handler restores the terminal.
func inRawMode(handler *signals.Handler, in, out *os.File, ask func(screen) error) error {
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
	makeRaw := func() error {
		changing.Lock()
		defer changing.Unlock()
		_, err := term.MakeRaw(fd)
		return err
	}
	if err := makeRaw(); err != nil {
		return err
	}
	defer term.Restore(fd, before)

	resize := func(t *term.Terminal) {
		width, height, err := term.GetSize(int(out.Fd()))
		if err == nil && width > 0 {
			t.SetSize(width, height)
		}
	}
	lend := func(use func()) {
		term.Restore(fd, before)
		use()
		makeRaw()
	}
	return ask(screen{in, out, resize, lend})
}
