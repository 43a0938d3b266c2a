package compose

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"
)

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
		out := newOutput(&b, 512)
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
