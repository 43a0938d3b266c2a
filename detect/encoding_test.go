package detect

import (
	"encoding/base64"
	"encoding/binary"
	"mime/quotedprintable"
	"strings"
	"testing"
)

func TestEncoding(t *testing.T) {
	line := strings.Repeat("x", maxLine)
	for _, c := range []struct{ name, content, want string }{
		{"x.txt", "plain\n", "7bit"},
		{"x.txt", "dos\r\nlines\r\n", "7bit"},
		{"x.txt", "no line end", "7bit"},
		{"x.txt", line + "\r\n", "7bit"},
		{"x.txt", line + "x\n", "quoted-printable"},
		{"x.txt", "a\rb\n", "quoted-printable"},
		{"x.txt", "Dear Bob,\nFrom here on all is well, and so it goes on for a while\n", "quoted-printable"},
		{"x.txt", "\x1b[1mbold\x1b[0m is still ASCII\n", "7bit"},
		{"x.txt", "Grüße aus Köln, wo es heute regnet\n", "quoted-printable"},
		{"x.txt", "Привет из Москвы\n", "base64"},
		{"x.txt", utf16Of(binary.BigEndian, true, "wide words\n"), "base64"},
		{"x.png", pngHead, "base64"},
		{"x.bin", "\x00" + strings.Repeat("mostly words ", 30), "quoted-printable"},
		{"x.txt", "", "7bit"},
	} {
		for _, r := range []Result{Bytes(c.name, []byte(c.content)), fileOf(t, c.name, c.content)} {
			if r.Encoding != c.want {
				t.Errorf("%.40q: %s, want %s", c.content, r.Encoding, c.want)
			}
		}
	}
}

// TestEncodingOfLongFiles: up to wholeSize a file is judged whole, and what is
// judged by its head is never 7bit, since anything may follow.
func TestEncodingOfLongFiles(t *testing.T) {
	words := strings.Repeat("some words in ASCII\n", wholeSize/20)
	for _, c := range []struct{ what, content, encoding, charset string }{
		{"ASCII", words, "7bit", "us-ascii"},
		{"ASCII over wholeSize", words + words, "quoted-printable", "utf-8"},
		{"UTF-8 at the end", words[:len(words)-100] + "Grüße\n", "quoted-printable", "utf-8"},
		{"a long line at the end", words[:len(words)-2000] + strings.Repeat("x", 1500), "quoted-printable", "us-ascii"},
		{"windows-1252 at the end", words[:len(words)-100] + "Gr\xFC\xDFe aus K\xF6ln f\xFCr alle, die h\xF6ren\n", "quoted-printable", "iso-8859-1"},
	} {
		r := fileOf(t, "x.txt", c.content)
		if r.Encoding != c.encoding || r.Charset != c.charset {
			t.Errorf("%s: %+v", c.what, r)
		}
		if r := Bytes("x.txt", []byte(c.content[:HeadSize])); r.Encoding == "7bit" || r.Charset == "us-ascii" {
			t.Errorf("%s, its head: %+v", c.what, r)
		}
	}
	zero := words[:wholeSize-100] + "\x00"
	if r := fileOf(t, "x.txt", zero); r.Type != binaryType || r.Encoding == "7bit" {
		t.Errorf("NUL at the end: %+v", r)
	}
}

// FuzzSizes compares the sizes that are computed with those of the encoders of
// the standard library, whose soft breaks may stand elsewhere.
func FuzzSizes(f *testing.F) {
	for _, l := range lies {
		f.Add([]byte(l.content))
	}
	f.Add([]byte(strings.Repeat("=", 100) + " \n\t\r\n" + strings.Repeat("a", 76) + "\n" + strings.Repeat("a", 75) + " "))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, breaks := range []bool{true, false} {
			var out strings.Builder
			w := quotedprintable.NewWriter(&out)
			w.Binary = !breaks
			w.Write(b)
			w.Close()
			lone := 0 // line ends that the library keeps as a lone LF, or takes a CR for
			if breaks {
				lone = strings.Count(string(b), "\r") + strings.Count(string(b), "\n")
			}
			got, want := quotedSize(b, breaks), out.Len()
			if slack := 3*(lone+1) + want/20; got > want+slack || got < want-slack {
				t.Errorf("quoted-printable of %q: %d, the library has %d", b, got, want)
			}
		}
		full := base64.StdEncoding.EncodedLen(len(b))
		if got, want := base64Size(len(b)), full+(full+75)/76*2; got != want {
			t.Errorf("base64 of %d octets: %d, want %d", len(b), got, want)
		}
		if isSevenBit(b) {
			s := strings.ReplaceAll(string(b), "\r\n", "\n")
			if strings.ContainsAny(s, "\x00\r") || strings.HasPrefix(s, "From ") || strings.Contains(s, "\nFrom ") {
				t.Errorf("%q is not 7bit", b)
			}
		}
	})
}
