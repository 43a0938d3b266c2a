package config

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestPasswordCommand(t *testing.T) {
	t.Setenv(PasswordVariable, password)
	t.Setenv("MAILPIPE_PASSWORD_FILE", "pw")
	t.Setenv("MAILPIPE_USER", "bob")
	t.Setenv("MAILPIPE_OTHER", "x")
	t.Setenv(PasswordVariable+"S", "y")
	for _, tt := range []struct{ command, want, err string }{
		{"echo hunter2", "hunter2", ""},
		{"printf 'hunter2\\nuser: bob\\n'", "hunter2", ""},
		{"printf 'hunter2\\r\\n'", "hunter2", ""},
		{"cat; echo eof", "eof", ""}, // standard input is /dev/null
		{"env | grep -c 'PASSWORD=\\|PASSWORD_FILE=\\|USER=b'; true", "0", ""},
		{"echo $MAILPIPE_OTHER$MAILPIPE_PASSWORDS", "xy", ""},
		{"echo hunter2; exit 3", "", "echo [hidden]: failed: exit status 3"},
		{"echo hunter2; kill -9 $$", "", "echo [hidden]: failed: signal: killed"},
		{"false", "", "false: failed: exit status 1"},
		{"no-such-program hunter2", "", "no-such-program [hidden]: failed: exit status 127"},
		{"P=hunter2 false", "", "[hidden]: failed: exit status 1"},
		{"true", "", "true: no password in the first line"},
		{"yes hunter2", "", "yes [hidden]: too large: over 64 KiB"},
		{"head -c 70000 /dev/zero", "", "head [hidden]: too large: over 64 KiB"},
		{"printf 'a\\0b'", "", "printf [hidden]: the password contains NUL or a line ending"},
	} {
		var stderr bytes.Buffer
		got, err := runPasswordCommand(tt.command, &stderr)
		if got != tt.want {
			t.Errorf("%s: the password is %q, want %q", tt.command, got, tt.want)
		}
		if tt.err == "" {
			if err != nil {
				t.Errorf("%s: %v", tt.command, err)
			}
			continue
		}
		var e *SecretError
		if !errors.As(err, &e) || err.Error() != "password command "+tt.err {
			t.Errorf("%s: got %v, want %s", tt.command, err, tt.err)
		}
	}
}

func TestPasswordCommandStderr(t *testing.T) {
	var stderr bytes.Buffer
	runPasswordCommand("echo locked >&2; false", &stderr)
	if stderr.String() != "locked\n" {
		t.Errorf("standard error: %q", stderr.String())
	}
}

func TestPasswordCommandWithoutShell(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := runPasswordCommand("pass show mail", nil)
	const want = "password command pass [hidden]: cannot be started: there is no sh"
	if err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

// A grandchild may keep the pipe open. The command does not wait for it.
func TestPasswordCommandLeavesChild(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pid")
	got, err := runPasswordCommand("echo hunter2; sleep 600 & echo $! >"+file, nil)
	text, _ := os.ReadFile(file)
	pid, atoiErr := strconv.Atoi(strings.TrimSpace(string(text)))
	child, err2 := os.FindProcess(pid)
	if errors.Join(atoiErr, err2) != nil || child.Kill() != nil {
		t.Errorf("the child %q has ended", text)
	}
	if got != "hunter2" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

// A command that hangs is ended. What it printed before is not a password.
func TestPasswordCommandHangs(t *testing.T) {
	shorten(t, time.Second/10)
	start := time.Now()
	got, err := runPasswordCommand("echo hunter2; exec sleep 600", nil)
	const want = "password command echo [hidden]: did not end within 100ms"
	var e *SecretError
	if !errors.As(err, &e) || err.Error() != want || got != "" {
		t.Errorf("got %q, %v; want %s", got, err, want)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
}
