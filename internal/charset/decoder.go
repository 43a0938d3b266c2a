package charset

import "io"

// A Decoder converts a text to UTF-8, chunk by chunk. The slice that Decode
// returns may be p or a part of it.
type Decoder interface {
	Decode(p []byte, isLast bool) []byte
	// Invalid returns the number of octets or sequences so far that are
	// invalid in the charset.
	Invalid() int
}

// NewReader returns a reader of r through a decoder, also through one of package
// transfer.
func NewReader(r io.Reader, dec pieceDecoder) io.Reader { return &decodingReader{r: r, dec: dec} }

type pieceDecoder interface {
	Decode(p []byte, isLast bool) []byte
}

// A decodingReader reads r through a decoder.
type decodingReader struct {
	r       io.Reader
	dec     pieceDecoder
	pending []byte // decoded, but not read yet
	err     error  // of r, after pending
}

func (d *decodingReader) Read(p []byte) (n int, err error) {
	for len(d.pending) == 0 && d.err == nil {
		n, d.err = d.r.Read(p)
		decoded := d.dec.Decode(p[:n], d.err == io.EOF)
		if len(decoded) > 0 && &decoded[0] == &p[0] { // most texts are UTF-8, which is not copied
			return len(decoded), nil
		}
		d.pending = decoded
	}
	n = copy(p, d.pending)
	d.pending = d.pending[n:]
	if n == 0 {
		return 0, d.err
	}
	return n, nil
}
