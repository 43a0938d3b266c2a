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
		{"x.txt", "no line ending", "7bit"},
		{"x.txt", line + "\r\n", "7bit"},
		{"x.txt", line + "x\n", "quoted-printable"},
		{"x.txt", "a\rb\n", "quoted-printable"},
		{"x.txt", "Dear Bob,\nFrom here on all is well, and so it goes on for a while\n", "quoted-printable"},
		{"x.txt", "\x1b[1mbold\x1b[0m is still ASCII\n", "7bit"},
		{"x.txt", "Grüße aus Köln, wo es heute regnet\n", "quoted-printable"},
		{"x.txt", "Привет из Москвы\n", "base64"},
		{"x.txt", utf16Of(binary.BigEndian, true, "two octets each\n"), "base64"},
		{"x.png", pngHead, "base64"},
		{"x.bin", "\x00" + strings.Repeat("mostly words ", 30), "quoted-printable"},
		{"x.txt", "", "7bit"},
	} {
		if got := Bytes(c.name, []byte(c.content)).Encoding; got != c.want {
			t.Errorf("Bytes of %.40q: %s, want %s", c.content, got, c.want)
		}
		if got := fileOf(t, c.name, c.content).Encoding; got != c.want {
			t.Errorf("File of %.40q: %s, want %s", c.content, got, c.want)
		}
	}
}

// File judges all of a file of up to wholeSize octets. If only the beginning is
// known, the encoding is never 7bit, because anything may follow.
func TestEncodingOfLongFiles(t *testing.T) {
	words := strings.Repeat("some words in ASCII\n", wholeSize/20)
	for _, c := range []struct{ what, content, encoding, charset string }{
		{"ASCII", words, "7bit", "us-ascii"},
		{"ASCII over wholeSize", words + words, "quoted-printable", "utf-8"},
		{"UTF-8 at the end", words[:len(words)-100] + "Grüße\n", "quoted-printable", "utf-8"},
		{"a long line at the end", words[:len(words)-2000] + strings.Repeat("x", 1500), "quoted-printable", "us-ascii"},
		{"ISO 8859-1 at the end", words[:len(words)-100] + "Gr\xFC\xDFe aus K\xF6ln f\xFCr alle, die h\xF6ren\n",
			"quoted-printable", "iso-8859-1"},
	} {
		r := fileOf(t, "x.txt", c.content)
		if r.Encoding != c.encoding || r.Charset != c.charset {
			t.Errorf("%s: %s, %s, want %s, %s", c.what, r.Encoding, r.Charset, c.encoding, c.charset)
		}
		if r := Bytes("x.txt", []byte(c.content[:HeadSize])); r.Encoding == "7bit" || r.Charset == "us-ascii" {
			t.Errorf("the head of %s: %s, %s", c.what, r.Encoding, r.Charset)
		}
	}
	zero := words[:wholeSize-100] + "\x00"
	if r := fileOf(t, "x.txt", zero); r.Type != binaryType || r.Encoding == "7bit" {
		t.Errorf("NUL at the end: %s, %s", r, r.Encoding)
	}
}

// The sizes that are computed are those of the encoders of the standard library,
// whose soft line breaks may be at other places.
func FuzzSizes(f *testing.F) {
	for _, m := range misleading {
		f.Add([]byte(m.content))
	}
	as := strings.Repeat("a", 75)
	f.Add([]byte(strings.Repeat("=", 100) + " \n\t\r\n" + as + "a\n" + as + " "))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, isText := range []bool{true, false} {
			var out strings.Builder
			w := quotedprintable.NewWriter(&out)
			w.Binary = !isText
			w.Write(b)
			w.Close()
			lone := 0 // line endings that the library writes as LF, and CRs that it takes for one
			if isText {
				lone = strings.Count(string(b), "\r") + strings.Count(string(b), "\n")
			}
			got, want := quotedSize(b, isText), out.Len()
			if slack := 3*(lone+1) + want/20; got > want+slack || got < want-slack {
				t.Errorf("quoted-printable of %q: %d, the library has %d", b, got, want)
			}
		}
		want := 0
		for line := base64.StdEncoding.EncodeToString(b); line != ""; line = line[min(len(line), 76):] {
			want += min(len(line), 76) + len("\r\n")
		}
		if got := base64Size(len(b)); got != want {
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
