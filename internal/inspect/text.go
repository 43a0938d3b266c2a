package inspect

import (
	"io"

	"golang.org/x/text/transform"

	"mailpipe/internal/charset"
)

// newTextWriter returns a writer that passes text of a charset on in UTF-8. If the
// charset is missing or unknown, text that is not UTF-8 is windows-1252. Close does not
// close w.
func newTextWriter(w io.Writer, name string) io.WriteCloser {
	e, known := charset.Find(name)
	if !known || charset.IsUTF8(name) {
		return &mixedWriter{w: w}
	}
	return transform.NewWriter(w, e.NewDecoder())
}

// A mixedWriter decodes text by charset.Mixed.
type mixedWriter struct {
	w       io.Writer
	decoder charset.Mixed
}

func (m *mixedWriter) Write(p []byte) (int, error) {
	_, err := m.w.Write(m.decoder.Decode(p, false))
	return len(p), err
}

func (m *mixedWriter) Close() error {
	_, err := m.w.Write(m.decoder.Decode(nil, true))
	return err
}
