package compose

import (
	"mime"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"mailpipe/internal/ascii"
)

// unfold returns the value of the header field s, and checks its lines.
func unfold(t *testing.T, s string) string {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(s, "\n"), "\n")
	for i, line := range lines {
		switch {
		case line == "" || i > 0 && strings.Trim(line, " ") == "":
			t.Fatalf("an empty line in %q", s)
		case i > 0 && line[0] != ' ':
			t.Fatalf("a line in %q that begins a new field", s)
		case !ascii.OnlyString(line):
			t.Fatalf("line is not ASCII: %q", line)
		case strings.ContainsFunc(line, unicode.IsControl):
			t.Fatalf("control character in %q", line)
		}
	}
	_, value, _ := strings.Cut(strings.Join(lines, ""), ":")
	return strings.TrimPrefix(value, " ")
}

func longestLine(s string) (n int) {
	for _, line := range strings.Split(s, "\n") {
		n = max(n, len(strings.TrimSuffix(line, "\r")))
	}
	return n
}

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
