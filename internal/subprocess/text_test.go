package subprocess

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"mailpipe/internal/buffer"
)

func run(t *testing.T, opt Options, argv ...string) (*Text, string) {
	t.Helper()
	text, err := Run(argv, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { text.Close() })
	got, err := io.ReadAll(text.Reader())
	if err != nil || int64(len(got)) != text.Size() {
		t.Fatalf("%d octets, %d promised, %v", len(got), text.Size(), err)
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
		{"printf 'no line end'", 0, "no line end"},
		{":", 0, ""},
		{"echo some; exit 3", 3, "some\n"},
		{"exit 3", 3, "sh wrote nothing and ended with status 3.\n"},
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

func TestMax(t *testing.T) {
	lines := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "line %d, été\n", i)
		}
		return b.String()
	}
	for _, content := range []string{lines(2000), strings.Repeat("é", 20000), strings.Repeat("👍", 9000) + "x", strings.Repeat("x", 30000)} {
		for _, max := range []int64{1, 64, 65, 100, 1000, 4096, 9999, int64(len(content)) - 1, int64(len(content)), int64(len(content)) + 1} {
			for _, chunk := range []int{len(content), 1, 1000, 4096} {
				k := newKeeper(max)
				for rest := content; rest != ""; {
					n := min(chunk, len(rest))
					io.WriteString(k, rest[:n])
					rest = rest[n:]
				}
				text := new(Text)
				if err := k.finish(text); err != nil || k.err != nil {
					t.Fatal(err, k.err)
				}
				got, err := io.ReadAll(text.Reader())
				if err != nil || int64(len(got)) != text.Size() {
					t.Fatalf("%d octets, %d promised, %v", len(got), text.Size(), err)
				}
				if !text.judge(content, string(got), max) {
					t.Fatalf("of %d octets at most %d, by %d: cut %d, %.200q", len(content), max, chunk, text.Cut, got)
				}
				text.Close()
			}
		}
	}
}

// judge compares what is left with what it was: a beginning, the mark, an end.
func (t *Text) judge(content, got string, limit int64) bool {
	if int64(len(content)) <= limit {
		return got == content && t.Cut == 0
	}
	head, tail, found := strings.Cut(got, t.mark())
	if strings.Contains(content, "\n") && limit >= 1000 { // whole lines on both sides
		found = found && strings.HasSuffix(head, "\n") && strings.HasSuffix(strings.TrimSuffix(content, tail), "\n")
	}
	return found && strings.HasPrefix(content, head) && strings.HasSuffix(content, tail) && utf8.ValidString(got) &&
		t.Cut == int64(len(content)-len(head)-len(tail)) && int64(len(got)) <= max(limit, markMax)
}

func TestRunaway(t *testing.T) {
	text, got := run(t, Options{Max: 10 << 10}, "sh", "-c", "yes 'the same again' | head -c 5000000")
	if text.Cut < 4_900_000 || len(got) > 10<<10 || !strings.Contains(got, "octets left out here") {
		t.Errorf("cut %d, %d octets", text.Cut, len(got))
	}
}

// However long an output runs, what is held takes the same memory again.
func TestRunawayMemory(t *testing.T) {
	k := newKeeper(1 << 20)
	defer k.close()
	block := make([]byte, 32<<10)
	write := func(size int64) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for end := k.size + size; k.size < end; {
			k.Write(block)
		}
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	write(2 << 20)
	if n := write(100 << 20); n > 64<<10 {
		t.Errorf("%d octets of memory taken for 100 MiB more", n)
	}
}

// An output that cannot be held is no text, not the beginning of one.
func TestRunHeldNowhere(t *testing.T) {
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "none"))
	text, err := Run([]string{"sh", "-c", "head -c 2000000 /dev/zero"}, Options{})
	if text != nil || !errors.Is(err, buffer.ErrFile) || !strings.HasPrefix(err.Error(), "holding the output of sh: ") {
		t.Errorf("%v, %v", text, err)
	}
}

// What falls between beginning and end is freed at once, and all of it by close.
func TestNothingElseIsHeld(t *testing.T) {
	closed := func(s *buffer.Store) bool {
		_, err := s.Write(nil)
		return errors.Is(err, os.ErrClosed)
	}
	k := newKeeper(100)
	var all []*buffer.Store
	for range 100 {
		io.WriteString(k, strings.Repeat("x", 30))
		for _, s := range []*buffer.Store{k.head, k.older, k.tail} {
			if s != nil && !slices.Contains(all, s) {
				all = append(all, s)
			}
		}
		if len(all) > 3 {
			t.Fatalf("%d stores", len(all))
		}
		for _, s := range all {
			if held := s == k.head || s == k.older || s == k.tail; closed(s) == held {
				t.Fatalf("after %d octets: held %t, closed %t", k.size, held, closed(s))
			}
		}
	}
	k.close()
	for _, s := range all {
		if !closed(s) {
			t.Error("a store is left over")
		}
	}
}
