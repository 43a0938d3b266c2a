package subprocess

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"sync"
	"syscall"

	"mailpipe/internal/oserror"
	"mailpipe/internal/signals"
)

// The statuses of a command that could not be started, as in the shell.
const (
	statusNotRun   = 126
	statusNotFound = 127
)

// Options are the options of Run. The zero value runs a command without input.
type Options struct {
	Stdin  io.Reader // nil means the null device
	Stderr io.Writer // nil means that standard error is part of the text
	Max    int64     // greatest length of the text in octets; 0 means no limit
}

// Run runs a command without a shell and keeps its output until it ends. If the
// command cannot be started, the text is the reason. An error means that the
// output could not be kept; then the command was ended. A signal that ends the
// process is passed on to the command.
func Run(argv []string, opt Options) (*Text, error) {
	ctx, kill := context.WithCancel(context.Background())
	defer kill()
	out := newKeeper(opt.Max, kill)
	child := exec.CommandContext(ctx, argv[0], argv[1:]...)
	child.Stdin, child.Stdout, child.Stderr = opt.Stdin, out, opt.Stderr
	if opt.Stderr == nil {
		child.Stderr = out // the same writer, so that exec uses one pipe
	}
	child.WaitDelay = grace // for processes that still have the pipe
	err := runWithSignals(child)
	text := &Text{Status: exitStatus(err)}
	if child.ProcessState == nil {
		fmt.Fprintf(out, "%s: %s\n", argv[0], startReason(err))
	}
	if out.err == nil {
		out.err = out.finish(text)
	}
	if out.err != nil {
		out.close() // again, if finish failed
		return nil, fmt.Errorf("output of %s: %w", argv[0], out.err)
	}
	return text, nil
}

// runWithSignals runs a child and passes signals on to it.
func runWithSignals(child *exec.Cmd) error {
	var starting sync.Mutex
	starting.Lock()
	handler := signals.New(func(s os.Signal) {
		starting.Lock()
		if child.Process != nil {
			child.Process.Signal(s)
		}
	})
	defer handler.Release()
	err := child.Start()
	starting.Unlock()
	if err != nil {
		return err
	}
	return child.Wait()
}

// exitStatus returns the status of a command as the shell does.
func exitStatus(err error) int {
	var exit *exec.ExitError
	switch {
	case err == nil, errors.Is(err, exec.ErrWaitDelay):
		return 0
	case errors.As(err, &exit):
		ws, ok := exit.Sys().(syscall.WaitStatus)
		if ok && ws.Signaled() {
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
	return oserror.Reason(err).Error()
}
