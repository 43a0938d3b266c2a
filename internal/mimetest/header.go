package mimetest

import (
	"mime"
	"strings"
	"testing"
	"unicode"

	"mailpipe/internal/ascii"
)

// Unfold returns the value of the header field s, and checks its lines.
func Unfold(t *testing.T, s string) string {
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

func LongestLine(s string) (n int) {
	for _, line := range strings.Split(s, "\n") {
		n = max(n, len(strings.TrimSuffix(line, "\r")))
	}
	return n
}

// ReadWords returns a value with its encoded words decoded.
func ReadWords(t *testing.T, s string) string {
	t.Helper()
	read, err := new(mime.WordDecoder).DecodeHeader(s)
	if err != nil {
		t.Fatal(err)
	}
	return read
}
