package subprocess

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os/exec"
	"strings"
	"syscall"

	"mailpipe/internal/buffer"
	"mailpipe/internal/oserror"
)

// Statuses of a command that could not be started, as the shell has them.
const (
	statusNotRun   = 126
	statusNotFound = 127
)

// Text is what a command wrote and how it ended.
type Text struct {
	Status int   // as the shell has it: 128+n after signal n
	Cut    int64 // octets left out in the middle

	parts []part // of the store: the beginning, and where it was cut the end
}

// part is a stretch of what is held.
type part struct {
	store    *buffer.Store
	from, to int64
}

func (p part) reader() io.Reader {
	r := p.store.Reader()
	if _, err := r.Seek(p.from, io.SeekStart); err != nil {
		return failed{err}
	}
	return io.LimitReader(r, p.to-p.from)
}

type failed struct{ err error }

func (f failed) Read([]byte) (int, error) { return 0, f.err }

// Options of Run. The zero value runs without input and takes standard error
// into the text, of any length.
type Options struct {
	Stdin  io.Reader // nil: the null device
	Stderr io.Writer // nil: it is part of the text
	Max    int64     // octets of the text; 0: any number
}

// Run runs argv without a shell and holds its output till it ends. A command
// that cannot be started is no error: the reason is the text then. An error is
// one of holding.
func Run(argv []string, opt Options) (*Text, error) {
	out := newKeeper(opt.Max)
	child := exec.Command(argv[0], argv[1:]...)
	child.Stdin, child.Stdout, child.Stderr = opt.Stdin, out, opt.Stderr
	if opt.Stderr == nil {
		child.Stderr = out // the same writer: one pipe, the order is kept
	}
	child.WaitDelay = grace // for what it left running with our pipe open
	err := child.Run()
	text := &Text{Status: status(err)}
	if child.ProcessState == nil {
		fmt.Fprintf(out, "%s: %s\n", argv[0], startReason(err))
	} else if out.err == nil && text.Status != 0 && out.size == 0 {
		fmt.Fprintf(out, "%s wrote nothing and ended with status %d.\n", argv[0], text.Status)
	}
	if out.err == nil {
		out.err = out.finish(text)
	}
	if out.err != nil {
		out.close()
		return nil, fmt.Errorf("holding the output of %s: %w", argv[0], out.err)
	}
	return text, nil
}

func status(err error) int {
	var exit *exec.ExitError
	switch {
	case err == nil, errors.Is(err, exec.ErrWaitDelay):
		return 0
	case errors.As(err, &exit):
		if ws, ok := exit.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
			return 128 + int(ws.Signal())
		}
		return exit.ExitCode()
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, fs.ErrNotExist):
		return statusNotFound
	}
	return statusNotRun
}

// startReason returns why a command could not be started.
func startReason(err error) string {
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return "command not found"
	case errors.Is(err, syscall.ENOEXEC):
		return "neither a program nor a script that begins with #!"
	}
	return oserror.Reason(err)
}

// Size is the number of octets that Reader gives.
func (t *Text) Size() int64 {
	var n int64
	for _, p := range t.parts {
		n += p.to - p.from
	}
	if t.Cut > 0 {
		n += int64(len(t.mark()))
	}
	return n
}

// Reader returns the text from its beginning.
func (t *Text) Reader() io.Reader {
	var all []io.Reader
	for i, p := range t.parts {
		if i == 1 && t.Cut > 0 {
			all = append(all, strings.NewReader(t.mark()))
		}
		all = append(all, p.reader())
	}
	return io.MultiReader(all...)
}

func (t *Text) mark() string {
	return fmt.Sprintf("\n[... %d octets left out here ...]\n\n", t.Cut)
}

// Close frees what is held.
func (t *Text) Close() error {
	var errs []error
	for _, p := range t.parts {
		errs = append(errs, p.store.Close())
	}
	return errors.Join(errs...)
}
