package compose

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"mailpipe/internal/mimetest"
	"mailpipe/internal/transfer"
)

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
		for _, pieces := range mimetest.Cuts([]byte(c.in)) {
			got, err := identityOf(pieces, c.encoding)
			if c.ok && (err != nil || got != c.want) {
				t.Errorf("%.30q as %s in %d pieces: %q, %v", c.in, c.encoding, len(pieces), got, err)
			}
			if !c.ok && !errors.Is(err, ErrChanged) {
				t.Errorf("%.30q as %s in %d pieces: %v, want ErrChanged", c.in, c.encoding, len(pieces), err)
			}
		}
	}
}

// identityOf returns content that is written in pieces in 7bit or 8bit, with
// CRLF, or the first error.
func identityOf(pieces [][]byte, encoding string) (string, error) {
	var b bytes.Buffer
	out := transfer.NewOutput(&b, 512)
	e := newEncoder(encoding, out, "\r\n", true, "x", "token")
	for _, p := range pieces {
		if _, err := e.Write(p); err != nil {
			return "", err
		}
	}
	err := e.Close()
	out.Flush()
	return b.String(), err
}
