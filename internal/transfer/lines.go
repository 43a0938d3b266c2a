package transfer

import "bytes"

// A LineWriter writes content with CRLF as line endings. A CR that is not at the end
// of a line stays.
type LineWriter struct {
	Out  *Output
	last byte // the octet before
}

// Write implements io.Writer.
func (l *LineWriter) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		n := bytes.IndexByte(rest, '\n')
		if n < 0 {
			l.Out.Write(rest)
			l.last = rest[len(rest)-1]
			break
		}
		if n > 0 {
			l.last = rest[n-1]
		}
		if l.last == '\r' {
			l.Out.Write(rest[:n+1])
		} else {
			l.Out.Write(rest[:n])
			l.Out.Write([]byte("\r\n"))
		}
		l.last = '\n'
		rest = rest[n+1:]
	}
	return len(p), l.Out.Err()
}

// Ended reports whether what was written ends with a line ending.
func (l *LineWriter) Ended() bool { return l.last == '\n' }
