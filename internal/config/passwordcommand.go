package config

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"mailpipe/internal/oserror"
)

// runPasswordCommand returns the first line that a shell command prints. Its
// standard input is /dev/null, because ours may be the message.
func runPasswordCommand(command string, stderr io.Writer) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), waitLimit)
	defer cancel()
	var out limitedBuffer
	cmd := exec.CommandContext(ctx, "sh", "-c", command)
	cmd.Env = slices.DeleteFunc(os.Environ(), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return slices.Contains(LoginVariables(), name)
	})
	cmd.Stdout, cmd.Stderr = &out, stderr
	cmd.SysProcAttr = endWithParent
	cmd.WaitDelay = time.Second // a grandchild may keep the pipe open
	err := cmd.Run()
	source := "password command " + commandName(command)
	var exit *exec.ExitError
	switch {
	case len(out.text) > maxPassword: // which ended the command
	case ctx.Err() != nil:
		return "", &SecretError{Source: source, Reason: "did not end within " + waitLimit.String(), Err: ctx.Err()}
	case errors.As(err, &exit):
		return "", &SecretError{Source: source, Reason: "failed: " + exit.ProcessState.String()}
	case errors.Is(err, exec.ErrNotFound): // in a container, or on Windows
		return "", &SecretError{Source: source, Reason: "cannot be started: there is no sh", Err: err}
	case err != nil && !errors.Is(err, exec.ErrWaitDelay):
		return "", &SecretError{Source: source, Reason: "cannot be started: " + oserror.Reason(err).Error(), Err: err}
	}
	return firstLine(source, out.text, len(out.text) > maxPassword)
}

// A limitedBuffer keeps one octet more than a password may have. Then its Write
// fails.
type limitedBuffer struct{ text []byte }

func (b *limitedBuffer) Write(p []byte) (int, error) {
	n := min(len(p), maxPassword+1-len(b.text))
	b.text = append(b.text, p[:n]...)
	if n < len(p) {
		return n, io.ErrShortWrite
	}
	return n, nil
}
