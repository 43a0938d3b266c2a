package transfer

import (
	"io"

	"mailpipe/internal/writebehind"
)

// Sizes returns the length of content in quoted-printable and in base64. It uses buf
// for both the content and what it becomes.
func Sizes(content io.Reader, opt Options, buf []byte) (quoted, encoded int64, err error) {
	half := len(buf) / 2
	counter := &writebehind.Counter{W: io.Discard}
	out := &Output{w: counter, buf: buf[:0:half]}
	enc := NewEncoder("quoted-printable", out, opt)
	var stats Stats
	_, err = io.CopyBuffer(io.MultiWriter(enc, &stats), content, buf[half:])
	enc.Close()
	out.Flush() // io.Discard never fails
	size := stats.Octets
	if opt.Lines {
		size = stats.Size("\r\n")
	}
	return counter.N, Base64Size(size, opt.EOL), err
}
