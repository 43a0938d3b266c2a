package compose

import "io"

// outputSize is how much is written at once.
const (
	outputSize = 512 << 10
	outputMin  = 64 << 10 // holds the largest piece that an encoder asks for
)

// output gathers what is written into large writes. Its error is sticky.
type output struct {
	w   io.Writer
	buf []byte
	n   int64 // octets taken by w
	err error
}

// newOutput returns an output that writes size octets at once.
func newOutput(w io.Writer, size int) *output {
	return &output{w: w, buf: make([]byte, 0, max(size, outputMin))}
}

// room returns the next n octets to fill, n at most outputMin.
func (o *output) room(n int) []byte {
	if len(o.buf)+n > cap(o.buf) {
		o.flush()
	}
	at := len(o.buf)
	o.buf = o.buf[:at+n]
	return o.buf[at:]
}

// giveBack returns the last n octets of a room that were not filled.
func (o *output) giveBack(n int) { o.buf = o.buf[:len(o.buf)-n] }

func (o *output) write(p []byte) {
	for len(p) > 0 {
		if len(o.buf) == cap(o.buf) {
			o.flush()
		}
		n := min(len(p), cap(o.buf)-len(o.buf))
		o.buf = append(o.buf, p[:n]...)
		p = p[n:]
	}
}

func (o *output) writeString(s string) {
	for len(s) > 0 {
		n := copy(o.room(min(len(s), outputMin)), s)
		s = s[n:]
	}
}

func (o *output) flush() {
	if o.err == nil && len(o.buf) > 0 {
		var n int
		n, o.err = o.w.Write(o.buf)
		o.n += int64(n)
		if o.err == nil && n < len(o.buf) {
			o.err = io.ErrShortWrite
		}
	}
	o.buf = o.buf[:0]
}

// counter is an output that only counts.
type counter struct{ n int64 }

func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return len(p), nil
}
