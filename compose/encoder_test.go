package compose

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"mime/quotedprintable"
	"strings"
	"testing"

	"mailpipe/internal/ascii"
)

func encodePieces(t testing.TB, pieces [][]byte, encoding, eol string, lines bool) string {
	t.Helper()
	var b bytes.Buffer
	out := newOutput(&b, 0)
	e := newEncoder(encoding, out, eol, lines, "x", "token")
	for _, p := range pieces {
		if err := e.Write(p); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	out.flush()
	return b.String()
}

func TestBase64Rows(t *testing.T) {
	for _, size := range []int{0, 1, 2, 3, 56, 57, 58, 113, 114, 115, 57 * 447, 57 * 448, 57*448 + 1, 57 * 900, 100000} {
		p := make([]byte, size)
		for i := range p {
			p[i] = byte(i*7 + i>>8)
		}
		for _, eol := range []string{"\n", "\r\n"} {
			pieces := [][]byte{p}
			got := encodePieces(t, pieces, "base64", eol, false)
			var rows []string
			for s := base64.StdEncoding.EncodeToString(p); s != ""; {
				n := min(76, len(s))
				rows = append(rows, s[:n])
				s = s[n:]
			}
			if want := strings.Join(rows, eol); got != want {
				t.Fatalf("%d octets: wrong lines", size)
			}
			if n := base64Size(int64(size), eol); n != int64(len(got)) {
				t.Errorf("base64Size(%d) is %d, it has %d", size, n, len(got))
			}
			if size <= 58 {
				sameForAllCuts(t, p, func(pieces [][]byte) string { return encodePieces(t, pieces, "base64", eol, false) })
			}
		}
	}
}

// The fast encoder must not write beyond the room that it was given.
func TestBase64StaysInItsRoom(t *testing.T) {
	for n := range 57 {
		var b bytes.Buffer
		out := newOutput(&b, 0)
		full := out.buf[:cap(out.buf)]
		for i := range full {
			full[i] = '!'
		}
		e := &base64Encoder{out: out, eol: "\n"}
		e.Write(bytes.Repeat([]byte{0xFF}, n))
		e.Close()
		if rest := full[len(out.buf):]; len(bytes.Trim(rest, "!")) > 0 {
			t.Fatalf("%d octets: it wrote beyond its room", n)
		}
	}
}

func TestCanonicalBase64(t *testing.T) {
	for in, want := range map[string]string{
		"a\nb":         "a\r\nb",
		"a\r\nb\n":     "a\r\nb\r\n",
		"a\rb\r\r\n\n": "a\rb\r\r\n\r\n",
		"\n":           "\r\n",
		"":             "",
	} {
		got := sameForAllCuts(t, []byte(in), func(pieces [][]byte) string {
			return encodePieces(t, pieces, "base64", "\n", true)
		})
		decoded, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(got, "\n", ""))
		if err != nil || string(decoded) != want {
			t.Errorf("%q goes as %q, %v", in, decoded, err)
		}
	}
}

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
		p := strings.Repeat(octet, 20*qpRun)
		if got := encodePieces(t, [][]byte{[]byte(p)}, "quoted-printable", "\r\n", true); got != naiveQuoted(p, "\r\n", true) {
			t.Errorf("%q: wrong lines", octet)
		}
	}
}

func FuzzBase64(f *testing.F) {
	f.Add([]byte("a\nb\r\nc\r"), true)
	f.Add(bytes.Repeat([]byte{0xFB}, 200), false)
	f.Fuzz(func(t *testing.T, p []byte, lines bool) {
		got := sameForAllCuts(t, p, func(pieces [][]byte) string {
			return encodePieces(t, pieces, "base64", "\r\n", lines)
		})
		rows := strings.Split(got, "\r\n")
		for i, row := range rows {
			if len(row) > 76 || i < len(rows)-1 && len(row) != 76 {
				t.Fatalf("row %d has %d columns", i, len(row))
			}
		}
		decoded, err := base64.StdEncoding.DecodeString(strings.Join(rows, ""))
		want := string(p)
		if lines {
			want = strings.ReplaceAll(strings.ReplaceAll(want, "\r\n", "\n"), "\n", "\r\n")
		}
		if err != nil || string(decoded) != want {
			t.Fatalf("%q is read back as %q, %v", want, decoded, err)
		}
	})
}

func TestIdentity(t *testing.T) {
	long := strings.Repeat("x", 998)
	for _, c := range []struct {
		in, encoding string
		want         string
		ok           bool
	}{
		{"a\nb\r\n\nc", "7bit", "a\r\nb\r\n\r\nc", true},
		{"\r\n", "7bit", "\r\n", true},
		{long + "\r\n" + long, "7bit", long + "\r\n" + long, true},
		{long + "x\n", "7bit", "", false},
		{long + "x", "7bit", "", false},
		{"é\n", "7bit", "", false},
		{"é\n", "8bit", "é\r\n", true},
		{"a\x00", "8bit", "", false},
		{"a\rb", "8bit", "", false},
		{"a\r\r\nb", "8bit", "", false},
		{"a\r", "8bit", "", false},
		{"x\n--=_1_token\n", "7bit", "", false},
		{"--=_3_token--", "7bit", "", false},
		{"--=_4_token\n --=_1_token\n--=_1_toke", "7bit", "--=_4_token\r\n --=_1_token\r\n--=_1_toke", true},
	} {
		for _, pieces := range cuts([]byte(c.in)) {
			var b bytes.Buffer
			out := newOutput(&b, 0)
			e := newEncoder(c.encoding, out, "\r\n", true, "x", "token")
			var err error
			for _, p := range pieces {
				if err = e.Write(p); err != nil {
					break
				}
			}
			if err == nil {
				err = e.Close()
			}
			out.flush()
			if (err == nil) != c.ok || c.ok && b.String() != c.want {
				t.Errorf("%.30q as %s in %d pieces: %q, %v", c.in, c.encoding, len(pieces), b.String(), err)
			}
			if err != nil && !errors.Is(err, ErrChanged) {
				t.Errorf("%v", err)
			}
		}
	}
}

// learned is what a survey of content in pieces has learned.
func learned(token string, pieces [][]byte) survey {
	s := survey{token: token}
	for _, p := range pieces {
		s.Write(p)
	}
	s.end()
	return survey{octets: s.octets, high: s.high, nul: s.nul, bareCR: s.bareCR, from: s.from, boundary: s.boundary, longest: s.longest, lfs: s.lfs, crs: s.crs}
}

func TestSurvey(t *testing.T) {
	for _, c := range []struct {
		in   string
		want survey
	}{
		{"a\nbb\r\nccc", survey{octets: 9, longest: 3, lfs: 2, crs: 1}},
		{"é\x00", survey{octets: 3, high: true, nul: true, longest: 3}},
		{"a\rb\n", survey{octets: 4, bareCR: true, longest: 3, lfs: 1}},
		{"\r", survey{octets: 1, bareCR: true, longest: 1}},
		{"From x\nFrom", survey{octets: 11, from: true, longest: 6, lfs: 1}},
		{"x\nFrom ", survey{octets: 7, from: true, longest: 5, lfs: 1}},
		{"--=_2_tok--x\n", survey{octets: 13, boundary: true, longest: 12, lfs: 1}},
	} {
		for _, pieces := range cuts([]byte(c.in)) {
			if got := learned("tok", pieces); got != c.want {
				t.Errorf("%q in %d pieces: %+v, want %+v", c.in, len(pieces), got, c.want)
			}
		}
	}
}

// naive is survey in the plainest way.
func naive(p string) (s survey) {
	s.octets = int64(len(p))
	for _, line := range strings.SplitAfter(p, "\n") {
		text, ended := strings.CutSuffix(line, "\n")
		if ended {
			s.lfs++
			var cr bool
			if text, cr = strings.CutSuffix(text, "\r"); cr {
				s.crs++
			}
		}
		s.longest = max(s.longest, len(text))
		s.high = s.high || !ascii.OnlyString(text)
		s.nul = s.nul || strings.Contains(text, "\x00")
		s.bareCR = s.bareCR || strings.Contains(text, "\r")
		s.from = s.from || strings.HasPrefix(text, "From ")
		s.boundary = s.boundary || strings.HasPrefix(text, "--=_1_t") || strings.HasPrefix(text, "--=_2_t") || strings.HasPrefix(text, "--=_3_t")
	}
	return s
}

func FuzzSurvey(f *testing.F) {
	for _, s := range []string{"a\r\nb\n", "\r\r\n", "x\n--=_1_t", "From x\r", strings.Repeat("x", 100) + "\r\n", "é\x00\n\n", "--=_4_t\n --=_1_t"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, p []byte) {
		want := naive(string(p))
		for _, pieces := range cuts(p) {
			if got := learned("t", pieces); got != want {
				t.Fatalf("%q in %d pieces: %+v, want %+v", p, len(pieces), got, want)
			}
		}
	})
}

func benchmarkEncoder(b *testing.B, encoding string, lines bool, p []byte) {
	out := newOutput(io.Discard, outputSize)
	e := newEncoder(encoding, out, "\n", lines, "x", "token")
	if err := e.Write(p); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(p)))
	b.ReportAllocs()
	for b.Loop() {
		e.Write(p)
	}
}

func BenchmarkEncoder(b *testing.B) {
	block := bytes.Repeat([]byte{0xA5, 'x', 0, 9}, blockSize/4)
	log := bytes.Repeat([]byte("Nov 23 12:00:00 host backup[123]: copied 1234 files, all well\n"), blockSize/62)
	long := bytes.Repeat([]byte("{\"key\":\"value and value and value\",\"n\":12345},"), blockSize/46)
	german := bytes.Repeat([]byte("Größere Überraschungen gab es heute übrigens nicht, nur Ärger = Mühe.\n"), blockSize/74)
	french := bytes.Repeat([]byte("Le cœur a ses raisons que la raison ne connaît point; on le sait en mille choses.\n"), blockSize/84)
	for _, c := range []struct {
		name, encoding string
		lines          bool
		p              []byte
	}{
		{"base64", "base64", false, block},
		{"canonical", "base64", true, log},
		{"quoted/log", "quoted-printable", true, log},
		{"quoted/long", "quoted-printable", true, long},
		{"quoted/german", "quoted-printable", true, german},
		{"quoted/french", "quoted-printable", true, french},
		{"7bit", "7bit", true, log},
	} {
		b.Run(c.name, func(b *testing.B) { benchmarkEncoder(b, c.encoding, c.lines, c.p) })
	}
}
