package compose

import (
	"fmt"
	"io"
	"math/rand/v2"
	"mime/quotedprintable"
	"strings"
	"testing"
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
		// Blanks at the end of a line or of all.
		{"a \nb\t\r\nc ", "a=20\nb=09\nc=20"},
		{"a b\tc\n", "a b\tc\n"},
		{" \n", "=20\n"},
		// What mail programs on the way change.
		{"From here\n", "=46rom here\n"},
		{"Fromage\nfrom\n From\n", "Fromage\nfrom\n From\n"},
		{".\n..\n.x\n", "=2E\n=2E.\n=2Ex\n"},
		// Bare CR is content, CRLF is a line end.
		{"a\rb\r\r\nc\r", "a=0Db=0D\nc=0D"},
		// 76 columns fit when the line ends there.
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
		// After a soft break a line begins, too.
		{a(75) + ".b\n", a(75) + "=\n=2Eb\n"},
		{a(75) + "From b\n", a(75) + "=\n=46rom b\n"},
	} {
		got := sameForAllCuts(t, []byte(c.in), func(pieces [][]byte) string {
			return encodePieces(t, pieces, "quoted-printable", "\n", true)
		})
		if got != c.want {
			t.Errorf("%q goes as\n%q, want\n%q", c.in, got, c.want)
		}
		// The same before a text that is long enough for the fast way.
		const more = "and more of it, in words\n"
		if !strings.HasSuffix(c.in, "\n") {
			continue
		}
		if got := encodePieces(t, [][]byte{[]byte(c.in + more)}, "quoted-printable", "\n", true); got != c.want+more {
			t.Errorf("%q, with more, goes as\n%q, want\n%q", c.in, got, c.want+more)
		}
	}
}

func TestQuotedCRLF(t *testing.T) {
	long := strings.Repeat("a", 77)
	if got := encodePieces(t, [][]byte{[]byte("é\n" + long + "\r\n")}, "quoted-printable", "\r\n", true); got != "=C3=A9\r\n"+long[:75]+"=\r\naa\r\n" {
		t.Errorf("%q", got)
	}
}

func TestQuotedBinaryKeepsOctets(t *testing.T) {
	in := "a\r\nb\nc \r"
	got := sameForAllCuts(t, []byte(in), func(pieces [][]byte) string {
		return encodePieces(t, pieces, "quoted-printable", "\n", false)
	})
	if got != "a=0D=0Ab=0Ac =0D" {
		t.Errorf("%q", got)
	}
}

// wantQuotedLines holds what every quoted-printable text must be.
func wantQuotedLines(t *testing.T, s string) {
	t.Helper()
	for _, line := range strings.Split(s, "\n") {
		line = strings.TrimSuffix(line, "\r")
		switch {
		case len(line) > 76:
			t.Fatalf("a line of %d: %q", len(line), line)
		case strings.HasPrefix(line, "."), strings.HasPrefix(line, "From "):
			t.Fatalf("a line that is changed on the way: %q", line)
		case strings.HasSuffix(line, " "), strings.HasSuffix(line, "\t"):
			t.Fatalf("a blank at the end: %q", line)
		case strings.HasSuffix(line, "=") && len(line) < 76-len("=XX")+1:
			t.Fatalf("a soft break after %d columns: %q", len(line), line)
		case strings.Contains(line, "=_"), strings.Contains(line, "\r"):
			t.Fatalf("%q", line)
		}
	}
}

// wantQuoted asserts that got is p in quoted-printable.
func wantQuoted(t *testing.T, got string, p []byte, lines bool) {
	t.Helper()
	wantQuotedLines(t, got)
	decoded, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(got)))
	want := string(p)
	if lines {
		want = strings.ReplaceAll(want, "\r\n", "\n")
	}
	if err != nil || string(decoded) != want {
		t.Fatalf("%q is read back as %q, %v", want, decoded, err)
	}
}

// naiveQuoted is quoted-printable octet by octet, as the rules say it.
func naiveQuoted(p, eol string, lines bool) string {
	rows := []string{p}
	if lines {
		rows = strings.Split(strings.ReplaceAll(p, "\r\n", "\n"), "\n")
	}
	for i, row := range rows {
		var b strings.Builder
		col := 0
		for k := 0; k < len(row); k++ {
			c, last := row[k], k == len(row)-1
			blank := c == ' ' || c == '\t'
			begins := c == '.' || strings.HasPrefix(row[k:], "From ")
			sign := func() string {
				if c == '=' || c > '~' || c < ' ' && !blank || blank && last || begins && col == 0 {
					return fmt.Sprintf("=%02X", c)
				}
				return row[k : k+1]
			}
			if room := 76 - col; len(sign()) > room || len(sign()) == room && !last {
				b.WriteString("=" + eol)
				col = 0
			}
			b.WriteString(sign())
			col += len(sign())
		}
		rows[i] = b.String()
	}
	return strings.Join(rows, eol)
}

func FuzzQuoted(f *testing.F) {
	for _, s := range []string{"", "a \r\n", ".\nFrom x", strings.Repeat("é", 100), strings.Repeat("a", 74) + " \t\n", "\r\r\n\r", strings.Repeat(".", 200), strings.Repeat("From ", 60), "a=\x00\xff b\t", "\tä\ttabs\tand = words\tbetween\t\t\t \t\n\t=\r\r\t"} {
		f.Add([]byte(s), true)
		f.Add([]byte(s), false)
	}
	f.Fuzz(func(t *testing.T, p []byte, lines bool) {
		wantQuoted(t, naiveQuoted(string(p), "\n", lines), p, lines)
		for _, eol := range []string{"\n", "\r\n"} {
			got := sameForAllCuts(t, p, func(pieces [][]byte) string {
				return encodePieces(t, pieces, "quoted-printable", eol, lines)
			})
			if want := naiveQuoted(string(p), eol, lines); got != want {
				t.Fatalf("%q goes as\n%q, want\n%q", p, got, want)
			}
		}
	})
}

// TestQuotedLong goes through texts that are longer than a run, in pieces of any size.
func TestQuotedLong(t *testing.T) {
	tokens := []string{"a", "word and ", "=", "é", "œ", " ", "\t", "\n", "\r\n", "\r", ".", "From ", "F", "\x00", " \n", "\n.\n",
		"eight in", strings.Repeat("x", 37), strings.Repeat("y", 75)}
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 0))
		var p []byte
		for range r.IntN(1200) {
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
		for _, lines := range []bool{true, false} {
			wantQuoted(t, naiveQuoted(string(p), "\n", lines), p, lines)
			for _, eol := range []string{"\n", "\r\n"} {
				want := naiveQuoted(string(p), eol, lines)
				if got := encodePieces(t, pieces, "quoted-printable", eol, lines); got != want {
					t.Fatalf("seed %d: in pieces\n%q, want\n%q", seed, got, want)
				}
				if got := encodePieces(t, [][]byte{p}, "quoted-printable", eol, lines); got != want {
					t.Fatalf("seed %d: whole\n%q, want\n%q", seed, got, want)
				}
			}
		}
	}
}

// TestQuotedFillsItsRoom encodes what grows most.
func TestQuotedFillsItsRoom(t *testing.T) {
	for _, octet := range []string{"\xFF", "\x00", "="} {
		p := strings.Repeat(octet, 4*textChunk)
		if got := encodePieces(t, [][]byte{[]byte(p)}, "quoted-printable", "\r\n", true); got != naiveQuoted(p, "\r\n", true) {
			t.Errorf("%q: wrong lines", octet)
		}
	}
}
