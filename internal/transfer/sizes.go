package transfer

import (
	"bytes"
	"io"

	"mailpipe/internal/ascii"
	"mailpipe/internal/writebehind"
)

// A Measure is a Stats that also collects what tells whether content is shorter in
// quoted-printable or in base64. It is an io.Writer, and its zero value is ready.
type Measure struct {
	Stats
	plain int64 // octets that are themselves in quoted-printable
	other int64 // octets that take three there
}

// Write adds content. It never fails.
func (m *Measure) Write(p []byte) (int, error) {
	printable := ascii.Printable(p)
	m.plain += int64(printable - bytes.Count(p, []byte("=")))
	m.other += int64(len(p) - printable)
	for _, octet := range []byte("\t\r\n") { // which may be themselves
		m.other -= int64(bytes.Count(p, []byte{octet}))
	}
	return m.Stats.Write(p)
}

// Shorter returns base64 if that is under two thirds of quoted-printable, otherwise
// quoted-printable. open returns a reader of the content, which it reads only if the
// Measure of it is not enough. It uses buf for both the content and what it becomes.
func (m *Measure) Shorter(open func() io.Reader, opt Options, buf []byte) (encoding string, err error) {
	isBase64 := m.isMostlyOther()
	if !isBase64 && !m.isMostlyPlain() {
		var quoted, encoded int64
		quoted, encoded, err = sizes(open(), opt, buf)
		isBase64 = 3*encoded < 2*quoted
	}
	if isBase64 {
		return "base64", err
	}
	return "quoted-printable", err
}

// isMostlyPlain reports whether base64 is certainly not under two thirds of
// quoted-printable: of which at most every third octet takes more than one.
func (m *Measure) isMostlyPlain() bool {
	lines := m.Size("\r\n") - m.Size("\n")
	return 5*(m.Octets-m.plain+2*lines) < m.Octets
}

// isMostlyOther reports whether base64 is certainly under two thirds of
// quoted-printable.
func (m *Measure) isMostlyOther() bool {
	return 3*Base64Size(m.Size("\r\n"), "\r\n") < 2*(m.Octets+2*m.other)
}

// sizes returns the length of content in quoted-printable and in base64.
func sizes(content io.Reader, opt Options, buf []byte) (quoted, encoded int64, err error) {
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
