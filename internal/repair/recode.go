package repair

import (
	"encoding/base64"
	"errors"
	"io"
	"mime/quotedprintable"
	"strings"

	"mailpipe/internal/message"
)

// base64Reader decodes base64, whatever is between its letters.
func base64Reader(r io.Reader) io.Reader {
	return &lenientReader{r: base64.NewDecoder(base64.RawStdEncoding, &letters{r}), atError: io.EOF}
}

// quotedReader decodes quoted-printable.
func quotedReader(r io.Reader) io.Reader {
	bad := &message.Error{Kind: message.ErrContent, Why: "invalid quoted-printable"}
	return &lenientReader{r: quotedprintable.NewReader(r), atError: bad}
}

// letters reads the letters of base64, and leaves out everything else.
type letters struct{ r io.Reader }

func (l *letters) Read(p []byte) (n int, err error) {
	for n == 0 && err == nil && len(p) > 0 {
		var read int
		read, err = l.r.Read(p)
		for _, c := range p[:read] {
			if isLetter(c) {
				p[n] = c
				n++
			}
		}
	}
	return n, err
}

func isLetter(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || strings.IndexByte("+/", c) >= 0
}

// A lenientReader reads r, and ends with another error if r finds invalid octets.
type lenientReader struct {
	r       io.Reader
	atError error
}

func (l *lenientReader) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = l.atError
	}
	return n, err
}
