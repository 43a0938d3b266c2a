package transfer

import (
	"encoding/base64"
	"errors"
	"io"
	"mime/quotedprintable"
	"strings"

	"mailpipe/internal/ascii"
)

// ErrInvalid means that content cannot be decoded.
var ErrInvalid = errors.New("invalid quoted-printable")

// NewDecoder returns a reader of content in quoted-printable or base64. It ignores
// whatever is between the letters of base64. Its error is ErrInvalid, or comes from r.
func NewDecoder(encoding string, r io.Reader) io.Reader {
	if encoding == "base64" {
		return &decoder{base64.NewDecoder(base64.RawStdEncoding, &letters{r}), io.EOF}
	}
	return &decoder{quotedprintable.NewReader(r), ErrInvalid}
}

// A decoder reads r, and ends with another error if r finds invalid octets.
type decoder struct {
	r       io.Reader
	invalid error
}

func (d *decoder) Read(p []byte) (int, error) {
	n, err := d.r.Read(p)
	if err != nil && err != io.EOF {
		err = d.invalid
	}
	return n, err
}

// letters reads the letters of base64.
type letters struct{ r io.Reader }

func (l *letters) Read(p []byte) (n int, err error) {
	for n == 0 && err == nil && len(p) > 0 {
		var read int
		read, err = l.r.Read(p)
		for _, c := range p[:read] {
			if ascii.IsAlnum(rune(c)) || strings.IndexByte("+/", c) >= 0 {
				p[n] = c
				n++
			}
		}
	}
	return n, err
}
