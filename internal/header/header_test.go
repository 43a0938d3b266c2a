package header

import (
	"mime"
	"strings"
	"testing"
	"unicode/utf8"
)

// wantWords asserts the rules of encoded words (RFC 2047 §2, §5).
func wantWords(t *testing.T, s string) {
	t.Helper()
	padded := false
	for _, word := range strings.Fields(s) {
		if !strings.HasPrefix(word, "=?utf-8?") {
			padded = false
			continue
		}
		if len(word) > 75 {
			t.Fatalf("an encoded word of %d octets: %s", len(word), word)
		}
		if padded {
			t.Fatalf("padding before the last encoded word: %q", s)
		}
		padded = strings.Contains(word, "?B?") && strings.HasSuffix(word, "=?=")
		one, err := new(mime.WordDecoder).Decode(word)
		if err != nil || !utf8.ValidString(one) {
			t.Fatalf("%s is read as %q, %v", word, one, err)
		}
	}
}

// With Out, the same lines are written, each when it is complete.
func TestOut(t *testing.T) {
	write := func(h *Writer) string {
		h.Text("Subject", strings.Repeat("été words ", 30), SubjectWord)
		h.Begin("To")
		h.Words(strings.Repeat("a@example.org, ", 20))
		h.End()
		h.Begin("Content-Type")
		h.Put(" text/plain")
		h.Param("name", strings.Repeat("é", 100))
		h.End()
		return h.String()
	}
	var out strings.Builder
	want := write(&Writer{EOL: "\r\n"})
	if rest := write(&Writer{EOL: "\r\n", Out: &out}); rest != "" || out.String() != want {
		t.Errorf("%q, then %q, want %q", out.String(), rest, want)
	}
}
