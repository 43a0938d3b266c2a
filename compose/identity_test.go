package compose

import (
	"bytes"
	"errors"
	"strings"
	"testing"
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
		for _, pieces := range cuts([]byte(c.in)) {
			var b bytes.Buffer
			out := newOutput(&b, 512)
			e := newEncoder(c.encoding, out, "\r\n", true, "x", "token")
			var err error
			for _, p := range pieces {
				if _, err = e.Write(p); err != nil {
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
