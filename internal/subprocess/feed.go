package subprocess

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
)

// Feed runs a command without a shell. It reads stdin, its output goes to out, and env
// is added to its environment. It returns the exit status as the shell does. When ctx
// ends, the command and its children are killed, and the error is the cause.
func Feed(ctx context.Context, argv, env []string, stdin io.Reader, out io.Writer) (status int, err error) {
	child := exec.CommandContext(ctx, argv[0], argv[1:]...)
	child.Stdin, child.Stdout, child.Stderr = stdin, out, out
	child.Env = append(os.Environ(), env...)
	KillWithChildren(child)
	child.WaitDelay = grace
	err = child.Run()
	switch {
	case ctx.Err() != nil:
		return 0, context.Cause(ctx)
	case child.ProcessState == nil:
		return 0, errors.New(startReason(err))
	}
	return exitStatus(err), nil
}
