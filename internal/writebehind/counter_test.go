package writebehind

import (
	"errors"
	"io"
	"testing"
)

func TestCounter(t *testing.T) {
	full := errors.New("full")
	for _, tt := range []struct {
		w    *failing
		want error
	}{
		{&failing{n: 5, err: full}, full},
		{&failing{n: 5}, io.ErrShortWrite},
	} {
		c := &Counter{W: tt.w}
		if n, err := c.Write([]byte("abc")); n != 3 || err != nil {
			t.Errorf("the first Write returned %d, %v", n, err)
		}
		if n, err := c.Write([]byte("def")); n != 0 || err != tt.want {
			t.Errorf("the second Write returned %d, %v, want 0, %v", n, err, tt.want)
		}
		if c.N != 3 {
			t.Errorf("%d octets are counted, want 3", c.N)
		}
	}
}
