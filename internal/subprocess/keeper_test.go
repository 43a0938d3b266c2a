package subprocess

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"mailpipe/internal/buffer"
)

// What is kept of an output is its beginning, the mark and its end, in whole
// characters and, if possible, whole lines.
func TestMax(t *testing.T) {
	var lines strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&lines, "line %d, été\n", i)
	}
	for _, content := range []string{
		lines.String(),
		strings.Repeat("é", 20000),
		strings.Repeat("👍", 9000) + "x",
		strings.Repeat("x", 30000),
	} {
		size := int64(len(content))
		for _, max := range []int64{1, 64, 65, 100, 1000, 4096, 9999, size - 1, size, size + 1} {
			for _, chunk := range []int{len(content), 1, 1000, 4096} {
				text, got := keep(t, content, max, chunk)
				if !isCut(text, content, got, max) {
					t.Fatalf("%d octets, max %d, chunks of %d: cut %d, %.200q", size, max, chunk, text.Cut, got)
				}
			}
		}
	}
}

// keep writes content in chunks and returns the text, also as a string.
func keep(t *testing.T, content string, max int64, chunk int) (*Text, string) {
	t.Helper()
	k := newKeeper(max, nil)
	for rest := content; rest != ""; {
		n := min(chunk, len(rest))
		io.WriteString(k, rest[:n])
		rest = rest[n:]
	}
	text := new(Text)
	if err := k.finish(text); err != nil || k.err != nil {
		t.Fatal(err, k.err)
	}
	defer text.Close()
	got, err := io.ReadAll(text.Reader())
	if err != nil || int64(len(got)) != text.Size() {
		t.Fatalf("%d octets, size %d, %v", len(got), text.Size(), err)
	}
	return text, string(got)
}

// isCut reports whether got is what a text of at most limit octets keeps of content.
func isCut(t *Text, content, got string, limit int64) bool {
	if int64(len(content)) <= limit {
		return got == content && t.Cut == 0
	}
	head, tail, found := strings.Cut(got, t.mark())
	if strings.Contains(content, "\n") && limit >= 1000 { // then both sides are whole lines
		before := strings.TrimSuffix(content, tail)
		found = found && strings.HasSuffix(head, "\n") && strings.HasSuffix(before, "\n")
	}
	return found && strings.HasPrefix(content, head) && strings.HasSuffix(content, tail) && utf8.ValidString(got) &&
		t.Cut == int64(len(content)-len(head)-len(tail)) && int64(len(got)) <= max(limit, maxMark)
}

// The memory that is used does not grow with the length of the output.
func TestRunawayMemory(t *testing.T) {
	k := newKeeper(1<<20, nil)
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
		t.Errorf("%d octets of memory allocated for 100 MiB more", n)
	}
}

// closed reports whether a store is closed.
func closed(s *buffer.Store) bool {
	_, err := s.Write(nil)
	return errors.Is(err, os.ErrClosed)
}

// An error frees what is kept, once the command writes and not when it ends.
func TestErrorFrees(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir()+"/none")
	failed := false
	k := newKeeper(0, func() { failed = true })
	n, err := k.Write(make([]byte, 2<<20))
	if n != 0 || !errors.Is(err, buffer.ErrFile) || !failed || !closed(k.head) {
		t.Errorf("%d, %v, failed %t, closed %t", n, err, failed, closed(k.head))
	}
}

// What is left out is freed at once, and the rest by close.
func TestStoresAreFreed(t *testing.T) {
	k := newKeeper(100, nil)
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
			used := s == k.head || s == k.older || s == k.tail
			if closed(s) == used {
				t.Fatalf("after %d octets: used %t, closed %t", k.size, used, closed(s))
			}
		}
	}
	k.close()
	for _, s := range all {
		if !closed(s) {
			t.Error("a store is still open")
		}
	}
}
