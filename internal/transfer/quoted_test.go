package transfer

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"mime/quotedprintable"
	"strings"
	"testing"

	"mailpipe/internal/mimetest"
)

func TestQuoted(t *testing.T) {
	a := func(n int) string { return strings.Repeat("a", n) }
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"plain\n", "plain\n"},
		{"a=b\n", "a=3Db\n"},
		{"\n\n", "\n\n"},
		{"été", "=C3=A9t=C3=A9"},
		{"\x00\x7f\x1b", "=00=7F=1B"},
		// Whitespace at the end of a line, or of the whole text.
		{"a \nb\t\r\nc ", "a=20\nb=09\nc=20"},
		{"a b\tc\n", "a b\tc\n"},
		{" \n", "=20\n"},
		// What programs on the way may change.
		{"From here\n", "=46rom here\n"},
		{"Fromage\nfrom\n From\n", "Fromage\nfrom\n From\n"},
		{".\n..\n.x\n", "=2E\n=2E.\n=2Ex\n"},
		// A bare CR is content, CRLF is a line ending.
		{"a\rb\r\r\nc\r", "a=0Db=0D\nc=0D"},
		// The 76th column is used if the line ends there.
		{a(75) + "\n", a(75) + "\n"},
		{a(76) + "\n", a(76) + "\n"},
		{a(76) + "\r\n", a(76) + "\n"},
		{a(76), a(76)},
		{a(77) + "\n", a(75) + "=\naa\n"},
		{a(151) + "\n", a(75) + "=\n" + a(76) + "\n"},
		{a(75) + "=\n", a(75) + "=\n=3D\n"},
		{a(73) + "=\n", a(73) + "=3D\n"},
		{a(74) + "é", a(74) + "=\n=C3=A9"},
		{a(70) + "é", a(70) + "=C3=A9"},
		{a(75) + " \n", a(75) + "=\n=20\n"},
		{a(74) + " b\n", a(74) + " b\n"},
		{a(74) + " bb\n", a(74) + " =\nbb\n"},
		// A line of output begins after a soft line break too.
		{a(75) + ".b\n", a(75) + "=\n=2Eb\n"},
		{a(75) + "From b\n", a(75) + "=\n=46rom b\n"},
	} {
		got := mimetest.SameForAllCuts(t, []byte(c.in), func(pieces [][]byte) string {
			return encodePieces(t, pieces, "quoted-printable", "\n", true)
		})
		if got != c.want {
			t.Errorf("%q is encoded as\n%q, want\n%q", c.in, got, c.want)
		}
		// The same, if more follows in the same Write.
		const more = "and more of it, in words\n"
		if !strings.HasSuffix(c.in, "\n") {
			continue
		}
		if got := encodePieces(t, [][]byte{[]byte(c.in + more)}, "quoted-printable", "\n", true); got != c.want+more {
			t.Errorf("%q with more is encoded as\n%q, want\n%q", c.in, got, c.want+more)
		}
	}
}

func TestQuotedCRLF(t *testing.T) {
	long := strings.Repeat("a", 77)
	in := "é\n" + long + "\r\n"
	want := "=C3=A9\r\n" + long[:75] + "=\r\naa\r\n"
	if got := encodePieces(t, [][]byte{[]byte(in)}, "quoted-printable", "\r\n", true); got != want {
		t.Errorf("%q is encoded as\n%q, want\n%q", in, got, want)
	}
}

func TestQuotedBinaryKeepsOctets(t *testing.T) {
	in := "a\r\nb\nc \r"
	got := mimetest.SameForAllCuts(t, []byte(in), func(pieces [][]byte) string {
		return encodePieces(t, pieces, "quoted-printable", "\n", false)
	})
	if want := "a=0D=0Ab=0Ac =0D"; got != want {
		t.Errorf("%q is encoded as %q, want %q", in, got, want)
	}
}

// wantQuotedLines asserts what must be true of every text in quoted-printable.
func wantQuotedLines(t *testing.T, s string) {
	t.Helper()
	for _, line := range strings.Split(s, "\n") {
		line = strings.TrimSuffix(line, "\r")
		switch {
		case len(line) > 76:
			t.Fatalf("a line of %d: %q", len(line), line)
		case strings.HasPrefix(line, "."), strings.HasPrefix(line, "From "):
			t.Fatalf("a line that programs may change: %q", line)
		case strings.HasSuffix(line, " "), strings.HasSuffix(line, "\t"):
			t.Fatalf("whitespace at the end: %q", line)
		case strings.HasSuffix(line, "=") && len(line) < 76-len("=XX")+1:
			t.Fatalf("a soft line break after %d columns: %q", len(line), line)
		case strings.Contains(line, "=_"), strings.Contains(line, "\r"):
			t.Fatalf("a line with =_ or a bare CR: %q", line)
		}
	}
}

// wantQuoted asserts that got is p in quoted-printable.
func wantQuoted(t *testing.T, got string, p []byte, isText bool) {
	t.Helper()
	wantQuotedLines(t, got)
	decoded, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(got)))
	want := string(p)
	if isText {
		want = strings.ReplaceAll(want, "\r\n", "\n")
	}
	if err != nil || string(decoded) != want {
		t.Fatalf("%q is read back as %q, %v", want, decoded, err)
	}
}

// naiveQuoted encodes p octet by octet, as RFC 2045 §6.7 describes it.
func naiveQuoted(p, eol string, isText bool) string {
	lines := []string{p}
	if isText {
		lines = strings.Split(strings.ReplaceAll(p, "\r\n", "\n"), "\n")
	}
	for i, line := range lines {
		var b strings.Builder
		column := 0
		for k := range len(line) {
			c, isLast := line[k], k == len(line)-1
			isWhitespace := c == ' ' || c == '\t'
			isRisky := c == '.' || strings.HasPrefix(line[k:], "From ")
			encode := func() string {
				if c == '=' || c > '~' || c < ' ' && !isWhitespace || isWhitespace && isLast || isRisky && column == 0 {
					return fmt.Sprintf("=%02X", c)
				}
				return line[k : k+1]
			}
			room := 76 - column
			if n := len(encode()); n > room || n == room && !isLast {
				b.WriteString("=" + eol)
				column = 0
			}
			b.WriteString(encode())
			column += len(encode())
		}
		lines[i] = b.String()
	}
	return strings.Join(lines, eol)
}

// wantNaive asserts that p, cut into pieces, is encoded as by naiveQuoted.
func wantNaive(t *testing.T, p []byte, pieces [][]byte, eol string, isText bool) {
	t.Helper()
	got := encodePieces(t, pieces, "quoted-printable", eol, isText)
	if want := naiveQuoted(string(p), eol, isText); got != want {
		t.Fatalf("%.1000q in %d pieces is encoded as\n%.1000q, want\n%.1000q", p, len(pieces), got, want)
	}
}

func FuzzQuoted(f *testing.F) {
	for _, s := range []string{
		"", "a \r\n", ".\nFrom x", strings.Repeat("é", 100), strings.Repeat("a", 74) + " \t\n", "\r\r\n\r",
		strings.Repeat(".", 200), strings.Repeat("From ", 60), "a=\x00\xff b\t",
		"\tä\ttabs\tand = words\tbetween\t\t\t \t\n\t=\r\r\t",
	} {
		f.Add([]byte(s), true)
		f.Add([]byte(s), false)
	}
	f.Fuzz(func(t *testing.T, p []byte, isText bool) {
		wantQuoted(t, naiveQuoted(string(p), "\n", isText), p, isText)
		for _, eol := range []string{"\n", "\r\n"} {
			for _, pieces := range mimetest.Cuts(p) {
				wantNaive(t, p, pieces, eol, isText)
			}
		}
	})
}

// Texts of random tokens, in pieces of random length. The first is longer than
// what is encoded at once.
func TestQuotedLong(t *testing.T) {
	tokens := []string{
		"a", "word and ", "=", "é", "œ", " ", "\t", "\n", "\r\n", "\r", ".", "From ", "F", "\x00", " \n", "\n.\n",
		"eight in", strings.Repeat("x", 37), strings.Repeat("y", 75),
	}
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 0))
		size := r.IntN(10_000)
		if seed == 0 {
			size = 4 * textChunk
		}
		var p []byte
		for len(p) < size {
			p = append(p, tokens[r.IntN(len(tokens))]...)
		}
		var pieces [][]byte
		for rest := p; len(rest) > 0; {
			n := min(len(rest), 1+r.IntN(20))
			if r.IntN(4) == 0 {
				n = 1 + r.IntN(len(rest))
			}
			pieces = append(pieces, rest[:n])
			rest = rest[n:]
		}
		for _, isText := range []bool{true, false} {
			wantQuoted(t, naiveQuoted(string(p), "\n", isText), p, isText)
			for _, eol := range []string{"\n", "\r\n"} {
				wantNaive(t, p, pieces, eol, isText)
				wantNaive(t, p, [][]byte{p}, eol, isText)
			}
		}
	}
}

// Octets that are all encoded take the most room.
func TestQuotedFillsItsRoom(t *testing.T) {
	for _, octet := range []string{"\xFF", "\x00", "="} {
		p := bytes.Repeat([]byte(octet), 4*textChunk)
		wantNaive(t, p, [][]byte{p}, "\r\n", true)
	}
}
