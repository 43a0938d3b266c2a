package subprocess

import (
	"bytes"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mailpipe/internal/buffer"
)

// run runs a command and returns its text, also as a string.
func run(t *testing.T, opt Options, argv ...string) (*Text, string) {
	t.Helper()
	text, err := Run(argv, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { text.Close() })
	got, err := io.ReadAll(text.Reader())
	if err != nil || int64(len(got)) != text.Size() {
		t.Fatalf("%d octets, size %d, %v", len(got), text.Size(), err)
	}
	return text, string(got)
}

func TestRun(t *testing.T) {
	for _, tt := range []struct {
		script string
		status int
		want   string
	}{
		{"echo out; echo err >&2", 0, "out\n"},
		{"printf 'no line ending'", 0, "no line ending"},
		{":", 0, ""},
		{"echo some; exit 3", 3, "some\n"},
		{"exit 3", 3, ""},
		{"echo some; kill -9 $$", 137, "some\n"},
		{"cat", 0, "input"},
	} {
		var stderr bytes.Buffer
		text, got := run(t, Options{Stdin: strings.NewReader("input"), Stderr: &stderr}, "sh", "-c", tt.script)
		if text.Status != tt.status || got != tt.want {
			t.Errorf("%s: %d, %q", tt.script, text.Status, got)
		}
	}
}

func TestRunStderr(t *testing.T) {
	_, got := run(t, Options{}, "sh", "-c", "echo 1; echo 2 >&2; echo 3")
	if got != "1\n2\n3\n" {
		t.Errorf("%q", got)
	}
}

func TestRunNot(t *testing.T) {
	for _, tt := range []struct {
		path   string
		status int
		want   string
	}{
		{"no-such-command-here", 127, "no-such-command-here: command not found\n"},
		{"/no/such/command", 127, "/no/such/command: no such file or directory\n"},
		{t.TempDir(), 126, "permission denied\n"},
	} {
		text, got := run(t, Options{Stderr: io.Discard}, tt.path)
		if text.Status != tt.status || !strings.HasSuffix(got, tt.want) {
			t.Errorf("%s: %d, %q", tt.path, text.Status, got)
		}
	}
}

func TestRunaway(t *testing.T) {
	text, got := run(t, Options{Max: 10 << 10}, "sh", "-c", "yes 'the same again' | head -c 5000000")
	if text.Cut < 4_900_000 || len(got) > 10<<10 || !strings.Contains(got, "octets left out here") {
		t.Errorf("cut %d, %d octets", text.Cut, len(got))
	}
}

// If the output cannot be kept, there is no text, not even its beginning, and
// the command is ended.
func TestRunWithoutStorage(t *testing.T) {
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "none"))
	for _, script := range []string{
		"head -c 2000000 /dev/zero",
		"yes",
		"trap '' PIPE; while :; do yes | head -c 100000; done",
		"yes | head -c 2000000; sleep 60",
	} {
		for _, max := range []int64{0, 4 << 20} {
			start := time.Now()
			text, err := Run([]string{"sh", "-c", script}, Options{Max: max})
			if text != nil || !errors.Is(err, buffer.ErrFile) || !strings.HasPrefix(err.Error(), "output of sh: ") {
				t.Errorf("%s: %v, %v", script, text, err)
			}
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("%s: was ended after %s", script, took)
			}
		}
	}
}
