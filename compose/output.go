package compose

import "io"

const (
	readSize   = 128 << 10 // octets to read at once
	outputSize = 512 << 10 // octets to write at once
	maxReserve = 128       // octets that an encoder may reserve at once
)

// An output collects what encoders append to buf, and passes it to w in large
// writes. After an error of w it discards everything.
type output struct {
	w     io.Writer
	buf   []byte
	spare []byte // takes turns with buf, if w still reads the last block after Write
	err   error  // the first error of w
}

// newOutput returns an output that writes size octets at once.
func newOutput(w io.Writer, size int) *output {
	return &output{w: w, buf: make([]byte, 0, size)}
}

// reserve makes room in buf for n more octets, at most maxReserve.
func (o *output) reserve(n int) {
	if n > o.free() {
		o.flush()
	}
}

func (o *output) free() int { return cap(o.buf) - len(o.buf) }

func (o *output) write(p []byte) {
	for len(p) > 0 {
		o.reserve(1)
		n := min(len(p), o.free())
		o.buf = append(o.buf, p[:n]...)
		p = p[n:]
	}
}

func (o *output) flush() {
	if o.err == nil && len(o.buf) > 0 {
		_, o.err = o.w.Write(o.buf)
		if o.spare != nil {
			o.buf, o.spare = o.spare, o.buf
		}
	}
	o.buf = o.buf[:0]
}
