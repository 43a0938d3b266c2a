package transfer

import "io"

// MaxReserve is the number of octets that an encoder may reserve at once.
const MaxReserve = 128

// An Output collects what encoders append to buf, and passes it to w in large
// writes. After an error of w it discards everything.
type Output struct {
	w     io.Writer
	buf   []byte
	Spare []byte // takes turns with buf, if w still reads the last block after Write
	err   error  // the first error of w
}

// NewOutput returns an output that writes size octets at once.
func NewOutput(w io.Writer, size int) *Output {
	return &Output{w: w, buf: make([]byte, 0, size)}
}

// reserve makes room in buf for n more octets, at most MaxReserve.
func (o *Output) reserve(n int) {
	if n > o.free() {
		o.Flush()
	}
}

func (o *Output) free() int { return cap(o.buf) - len(o.buf) }

// Write implements io.Writer.
func (o *Output) Write(p []byte) (int, error) {
	size := len(p)
	for len(p) > 0 {
		o.reserve(1)
		n := min(len(p), o.free())
		o.buf = append(o.buf, p[:n]...)
		p = p[n:]
	}
	return size, o.err
}

// EndsLine reports whether the last octet since Flush ends a line.
func (o *Output) EndsLine() bool { return len(o.buf) > 0 && o.buf[len(o.buf)-1] == '\n' }

// Err returns the first error of the writer.
func (o *Output) Err() error { return o.err }

// Flush passes everything on, and returns the first error of the writer.
func (o *Output) Flush() error {
	if o.err == nil && len(o.buf) > 0 {
		_, o.err = o.w.Write(o.buf)
		if o.Spare != nil {
			o.buf, o.Spare = o.Spare, o.buf
		}
	}
	o.buf = o.buf[:0]
	return o.err
}
