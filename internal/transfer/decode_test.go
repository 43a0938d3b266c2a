package transfer

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime/quotedprintable"
	"strings"
	"testing"
)

// decodeAll decodes content in pieces of a size.
func decodeAll(d Decoder, in string, size int) string {
	var out strings.Builder
	for len(in) > size {
		out.Write(d.Decode([]byte(in[:size]), false))
		in = in[size:]
	}
	out.Write(d.Decode([]byte(in), true))
	return out.String()
}

func TestDecoder(t *testing.T) {
	long := strings.Repeat("QUJD", 19) + "\r\n"
	for _, tt := range []struct {
		encoding, in, want string
		problems           map[Problem]int
	}{
		{"base64", "", "", nil},
		{"base64", "QUJD\r\nRA==\r\n", "ABCD", nil},
		{"base64", "QUJD\nREU=\n", "ABCDE", nil},
		{"base64", strings.Repeat(long, 3), strings.Repeat("ABC", 57), nil},
		{"base64", "QU\r\nJD", "ABC", nil},
		{"base64", "Q*UJ-D\n", "ABC", map[Problem]int{BadAlphabet: 2}},
		{"base64", "QUJD RA==", "ABCD", map[Problem]int{BadAlphabet: 1}},
		{"base64", "RA", "D", map[Problem]int{BadPadding: 1}},
		{"base64", "RA=\n", "D", map[Problem]int{BadPadding: 1}},
		{"base64", "RA==RA==\n", "DD", map[Problem]int{BadPadding: 1}},
		{"base64", "RA=QUJD\n", "DABC", map[Problem]int{BadPadding: 1}},
		{"base64", "QUJD=\n", "ABC", map[Problem]int{BadPadding: 1}},
		{"base64", "R", "", map[Problem]int{BadPadding: 1}},
		{"quoted-printable", "a=3Db=\r\nc=C3=a4\r\n", "a=bc\xc3\xa4\r\n", nil},
		{"quoted-printable", "a=\nb= \t\nc\n", "abc\n", map[Problem]int{TrailingSpace: 1}},
		{"quoted-printable", "a \t\r\nb=20\r\n", "a\r\nb \r\n", map[Problem]int{TrailingSpace: 1}},
		{"quoted-printable", "a=b=ZZ=\r\n=4", "a=b=ZZ=4", map[Problem]int{BadEscape: 3}},
		{"quoted-printable", "a=", "a", nil},
		{"quoted-printable", "a\rb\r\r\n", "a\rb\r\r\n", nil},
		{"quoted-printable", "a  ", "a", map[Problem]int{TrailingSpace: 1}},
		{"8bit", "a=\xe4 \r\n", "a=\xe4 \r\n", nil},
	} {
		for size := 1; size <= len(tt.in)+1; size++ {
			d, known := DecoderFor(tt.encoding)
			got := decodeAll(d, tt.in, size)
			if got != tt.want || !known {
				t.Errorf("%s, %q in pieces of %d: %q, want %q", tt.encoding, tt.in, size, got, tt.want)
			}
			for p := range problems {
				if d.Count(p) != tt.problems[p] {
					t.Errorf("%q in pieces of %d: problem %d: %d, want %d", tt.in, size, p, d.Count(p), tt.problems[p])
				}
			}
		}
	}
	if _, known := DecoderFor("uuencode"); known {
		t.Error("uuencode is known")
	}
}

// Many lines are decoded at once only if they have nothing but letters.
func TestDecodeLines(t *testing.T) {
	for _, tt := range []struct {
		in        string
		size, eol int
		want      string
		ok        bool
	}{
		{"QUJD\r\nRERE\r\n", 6, 2, "ABCDDD", true},
		{"QUJD\nRERE\n", 5, 1, "ABCDDD", true},
		{"QUJD\nRA==\n", 5, 1, "", false},
		{"QUJDRA==\nQUJDQUJD\n", 9, 1, "", false},
		{"QUJD\nR*RE\n", 5, 1, "", false},
		{"QUJDRERE\nQUJ\nRERE\n", 9, 1, "", false},
		{"QUJDR\n", 6, 1, "", false},
	} {
		d := &base64Decoder{}
		got, ok := d.DecodeLines([]byte(tt.in), tt.size, tt.eol)
		if string(got) != tt.want || ok != tt.ok || d.Problems() > 0 {
			t.Errorf("%q: %q, %v, %d problems", tt.in, got, ok, d.Problems())
		}
	}
	d := &base64Decoder{}
	d.Decode([]byte("QU"), false)
	if _, ok := d.DecodeLines([]byte("QUJD\n"), 5, 1); ok {
		t.Error("lines are decoded within a group")
	}
}

// What the standard library decodes, the decoders decode to the same octets.
func FuzzDecoder(f *testing.F) {
	f.Add([]byte("QUJD\r\nRA==\r\n"), 3)
	f.Add([]byte("a=3Db=\r\nc=C3=a4 \r\n"), 2)
	f.Fuzz(func(t *testing.T, in []byte, size int) {
		size = max(size, 1)
		if want, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, bytes.NewReader(in))); err == nil {
			d, _ := DecoderFor("base64")
			if got := decodeAll(d, string(in), size); got != string(want) || d.Count(BadPadding) > 0 {
				t.Errorf("base64 %q: %q, want %q", in, got, want)
			}
		}
		want, err := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(in)))
		d, _ := DecoderFor("quoted-printable")
		got := decodeAll(d, string(in), size)
		isPlain := !bytes.ContainsAny(in, "\r \t") && !bytes.Contains(in, []byte("=="))
		if err == nil && d.Count(BadEscape) == 0 && isPlain && got != string(want) {
			t.Errorf("quoted-printable %q: %q, want %q", in, got, want)
		}
	})
}
