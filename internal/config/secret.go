package config

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"mailpipe/internal/shell"
)

// PasswordVariable is where the environment may have the password.
const PasswordVariable = "MAILPIPE_PASSWORD"

const (
	secretMax   = 64 << 10        // octets of a password or token
	secretLimit = 5 * time.Minute // for a password command: somebody may be typing
)

// childEnv is an environment without the password, for a child.
func childEnv(environ []string) []string {
	kept := make([]string, 0, len(environ))
	for _, v := range environ {
		if !strings.HasPrefix(v, PasswordVariable+"=") {
			kept = append(kept, v)
		}
	}
	return kept
}

// readSecret reads the first line of a file that nobody else can read.
func readSecret(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", &SecretError{Source: name, Reason: "the password file cannot be read: " + reason(err), Err: err}
	}
	defer f.Close()
	if err := private(f, name); err != nil {
		return "", err
	}
	text, err := io.ReadAll(io.LimitReader(f, secretMax+1))
	switch {
	case err != nil:
		return "", &SecretError{Source: name, Reason: reason(err), Err: err}
	case len(text) > secretMax:
		return "", &SecretError{Source: name, Reason: "it has over 64 KiB"}
	}
	return firstLine(name, text)
}

// private refuses a file that others can read, or that is somebody else's.
func private(f *os.File, name string) error {
	info, err := f.Stat()
	if err != nil {
		return &SecretError{Source: name, Reason: reason(err), Err: err}
	}
	switch {
	case info.IsDir():
		return &SecretError{Source: name, Reason: "it is a folder"}
	case info.Mode()&os.ModeDevice != 0: // whose mode is not to be changed
		return &SecretError{Source: name, Reason: "it is a device"}
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok && int(stat.Uid) != os.Geteuid() {
		return &SecretError{Source: name, Reason: fmt.Sprintf("it belongs to user %d, not to user %d who reads it", stat.Uid, os.Geteuid()),
			Mend: fmt.Sprintf("chown %d %s", os.Geteuid(), shell.File(name))}
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return &SecretError{Source: name, Reason: fmt.Sprintf("others can read it (mode %04o)", mode),
			Mend: "chmod 600 " + shell.File(name)}
	}
	return nil
}

// runSecret takes the first line that a command prints within limit. Its standard
// input is /dev/null: it must not eat the message.
func runSecret(command string, limit time.Duration, stderr io.Writer) (string, error) {
	source := "password command " + commandName(command)
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	var out bounded
	cmd := exec.CommandContext(ctx, "sh", "-c", command)
	cmd.Env = childEnv(os.Environ())
	cmd.Stdout, cmd.Stderr = &out, stderr
	cmd.SysProcAttr = endsWithUs
	cmd.WaitDelay = time.Second // a grandchild may keep the pipe
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case len(out.text) > secretMax:
		return "", &SecretError{Source: source, Reason: "it prints over 64 KiB"}
	case ctx.Err() != nil:
		return "", &SecretError{Source: source, Reason: "it did not end in " + limit.String(), Err: ctx.Err()}
	case errors.As(err, &exit):
		return "", &SecretError{Source: source, Reason: "it failed: " + exit.ProcessState.String()}
	case err != nil && !errors.Is(err, exec.ErrWaitDelay):
		return "", &SecretError{Source: source, Reason: "it cannot be started: " + reason(err), Err: err}
	}
	return firstLine(source, out.text)
}

// bounded keeps little more than a password can be, and then fails.
type bounded struct{ text []byte }

func (b *bounded) Write(p []byte) (int, error) {
	if b.text = append(b.text, p[:min(len(p), secretMax+1-len(b.text))]...); len(b.text) > secretMax {
		return 0, io.ErrShortWrite
	}
	return len(p), nil
}

// firstLine leaves what follows, such as the notes below a password in a
// manager, and the BOM that editors of Windows put in front.
func firstLine(source string, text []byte) (string, error) {
	line, _, _ := bytes.Cut(bytes.TrimPrefix(text, []byte("\ufeff")), []byte("\n"))
	secret := strings.TrimSuffix(string(line), "\r")
	return checkSecret(source, secret)
}

// checkSecret refuses what no mechanism can carry (RFC 4616 §2).
func checkSecret(source, secret string) (string, error) {
	switch {
	case secret == "":
		return "", &SecretError{Source: source, Reason: "it holds no password", Err: ErrNoPassword}
	case strings.ContainsAny(secret, "\x00\r\n"):
		return "", &SecretError{Source: source, Reason: "the password holds a NUL or a line end"}
	}
	return secret, nil
}

// commandName shows which command it is, but not what it is given: a password may stand there.
func commandName(command string) string {
	name, rest, _ := strings.Cut(strings.TrimSpace(command), " ")
	if strings.ContainsAny(name, "='\"$`\\(){};|&<>\t") {
		return hidden
	}
	if rest != "" {
		name += " " + hidden
	}
	return name
}

// reason is an error without the name of the file, which is said already.
func reason(err error) string {
	var e *fs.PathError
	if errors.As(err, &e) {
		return e.Err.Error()
	}
	return err.Error()
}
