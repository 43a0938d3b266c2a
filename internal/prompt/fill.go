package prompt

import (
	"io"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/term"
)

// Fill asks on a terminal for what is not known. It returns with the terminal
// as it was, and so does a signal that ends the process meanwhile.
func (f *Form) Fill(in, out *os.File) error {
	before, err := term.MakeRaw(int(in.Fd()))
	if err != nil {
		return err
	}
	restore := func() { term.Restore(int(in.Fd()), before) }
	defer restore()

	ended := make(chan os.Signal, 1)
	done := make(chan struct{})
	defer close(done)
	for _, s := range []os.Signal{syscall.SIGTERM, syscall.SIGHUP, syscall.SIGINT} {
		if !signal.Ignored(s) { // as under nohup
			signal.Notify(ended, s)
		}
	}
	defer signal.Stop(ended)
	go func() {
		select {
		case s := <-ended:
			restore()
			signal.Reset(s)
			syscall.Kill(syscall.Getpid(), s.(syscall.Signal))
		case <-done:
		}
	}()

	return f.fill(struct {
		io.Reader
		io.Writer
	}{in, out}, func(t *term.Terminal) {
		if width, height, err := term.GetSize(int(out.Fd())); err == nil && width > 0 {
			t.SetSize(width, height)
		}
	})
}
