package transfer

import (
	"io"

	"mailpipe/internal/writebehind"
)

// Sizes returns the length of content in quoted-printable and in base64.
func Sizes(content io.Reader, opt Options) (quoted, encoded int64, err error) {
	const bufferSize = 32 << 10
	counter := &writebehind.Counter{W: io.Discard}
	out := NewOutput(counter, bufferSize)
	enc := NewEncoder("quoted-printable", out, opt)
	var stats Stats
	_, err = io.CopyBuffer(io.MultiWriter(enc, &stats), content, make([]byte, bufferSize))
	enc.Close()
	out.Flush() // io.Discard never fails
	size := stats.Octets
	if opt.Lines {
		size = stats.Size("\r\n")
	}
	return counter.N, Base64Size(size, opt.EOL), err
}
