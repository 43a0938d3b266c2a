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
	printable, equals, tabs int64
}

// Write adds content. It never fails.
func (m *Measure) Write(p []byte) (int, error) {
	m.printable += int64(ascii.Printable(p))
	m.equals += int64(bytes.Count(p, []byte("=")))
	m.tabs += int64(bytes.Count(p, []byte("\t")))
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
	plain := m.printable - m.equals
	return 5*(m.Octets-plain+2*m.lfs) < m.Octets
}

// isMostlyOther reports whether base64 is certainly under two thirds of
// quoted-printable.
func (m *Measure) isMostlyOther() bool {
	other := m.Octets - m.printable - m.tabs - m.crs - m.lfs // which take three octets
	return 3*Base64Size(m.Size("\r\n"), "\r\n") < 2*(m.Octets+2*other)
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
