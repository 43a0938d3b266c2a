package transfer

import (
	"bytes"
	"encoding/base64"
	"io"
	"strings"
	"testing"

	"mailpipe/internal/mimetest"
)

// sawtooth returns octets of every value.
func sawtooth(size int) []byte {
	p := make([]byte, size)
	for i := range p {
		p[i] = byte(i*7 + i>>8)
	}
	return p
}

// naiveBase64 returns p in lines of base64, one by one.
func naiveBase64(p []byte, eol string) string {
	var rows []string
	for s := base64.StdEncoding.EncodeToString(p); s != ""; {
		n := min(rowColumns, len(s))
		rows = append(rows, s[:n])
		s = s[n:]
	}
	return strings.Join(rows, eol)
}

func TestBase64Rows(t *testing.T) {
	const group = groupRows * rowOctets
	for _, size := range []int{
		0, 1, 2, 3, 56, 57, 58, 113, 114, 115, group - 57, group, group + 1, group + 57, 2 * group, 100_000,
	} {
		p := sawtooth(size)
		for _, eol := range []string{"\n", "\r\n"} {
			encode := func(pieces [][]byte) string { return encodePieces(t, pieces, "base64", eol, false) }
			got := encode([][]byte{p})
			if got != naiveBase64(p, eol) {
				t.Fatalf("%d octets with the line ending %q: wrong lines", size, eol)
			}
			if n := Base64Size(int64(size), eol); n != int64(len(got)) {
				t.Errorf("Base64Size(%d) returned %d, want %d", size, n, len(got))
			}
			if size <= 115 {
				mimetest.SameForAllCuts(t, p, encode)
			}
		}
	}
}

// The fast encoder is given exactly the room that its lines need, and does not
// write after it.
func TestBase64StaysInItsRoom(t *testing.T) {
	for rows := 1; rows < 20; rows++ {
		for _, eol := range []string{"\n", "\r\n"} {
			const guard = "!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!"
			size := rows * (rowColumns + len(eol))
			memory := append(make([]byte, size), guard...)
			out := &Output{w: io.Discard, buf: memory[:0:size]}
			e := &base64Encoder{out: out, eol: eol, begun: true}
			if _, err := e.Write(sawtooth(rows * rowOctets)); err != nil {
				t.Fatal(err)
			}
			if len(out.buf) != size || string(memory[size:]) != guard {
				t.Fatalf("%d lines take %d octets of %d, followed by %q", rows, len(out.buf), size, memory[size:])
			}
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
		got := mimetest.SameForAllCuts(t, []byte(in), func(pieces [][]byte) string {
			return encodePieces(t, pieces, "base64", "\n", true)
		})
		decoded, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(got, "\n", ""))
		if err != nil || string(decoded) != want {
			t.Errorf("%q is encoded as %q, %v, want %q", in, decoded, err, want)
		}
	}
}

func FuzzBase64(f *testing.F) {
	f.Add([]byte("a\nb\r\nc\r"), true)
	f.Add(bytes.Repeat([]byte{0xFB}, 200), false)
	f.Fuzz(func(t *testing.T, p []byte, isText bool) {
		got := mimetest.SameForAllCuts(t, p, func(pieces [][]byte) string {
			return encodePieces(t, pieces, "base64", "\r\n", isText)
		})
		rows := strings.Split(got, "\r\n")
		for i, row := range rows {
			if len(row) > 76 || i < len(rows)-1 && len(row) != 76 {
				t.Fatalf("row %d has %d columns", i, len(row))
			}
		}
		decoded, err := base64.StdEncoding.DecodeString(strings.Join(rows, ""))
		want := string(p)
		if isText {
			want = strings.ReplaceAll(strings.ReplaceAll(want, "\r\n", "\n"), "\n", "\r\n")
		}
		if err != nil || string(decoded) != want {
			t.Fatalf("%q is read back as %q, %v", want, decoded, err)
		}
	})
}
