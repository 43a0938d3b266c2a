package compose

import (
	"slices"
	"strings"
)

// encoder turns the content of one part into what a message can carry. The
// same octets give the same lines, however they are cut into writes.
type encoder interface {
	Write(p []byte) error
	Close() error // writes what is left, and does not close what is below
}

var encodings = []string{"7bit", "8bit", "quoted-printable", "base64"}

// Encodings returns the transfer encodings that Part.Encoding may name.
func Encodings() []string { return slices.Clone(encodings) }

func checkEncoding(p *Part, label string) error {
	if p.Encoding == "" || slices.Contains(encodings, p.Encoding) {
		return nil
	}
	return invalid("%s: unknown encoding %q (known: %s)", label, p.Encoding, strings.Join(encodings, ", "))
}

// choose returns the encoding of a text and its length then, -1 when not known.
func (b *builder) choose(t *text, p *Part) (encoding string, size int64, err error) {
	s := survey{token: b.m.Boundary}
	s.Write(t.head)
	s.end()
	whole := t.rest == nil
	switch encoding = p.Encoding; {
	case encoding == "7bit" && !s.fits7() || encoding == "8bit" && !s.fits8():
		return "", 0, invalid("%s: cannot be sent as %s: %s", t.label, encoding, s.problem(encoding))
	case encoding == "" && whole && s.fits7() && !s.from:
		encoding = "7bit"
	case encoding == "":
		encoding = "quoted-printable"
		if 3*b.encodedSize("base64", t.head) < 2*b.encodedSize(encoding, t.head) {
			encoding = "base64"
		}
	}
	switch {
	case !whole:
		return encoding, -1, nil
	case encoding == "7bit" || encoding == "8bit":
		return encoding, s.size(b.eol), nil
	}
	return encoding, b.encodedSize(encoding, t.head), nil
}

// encodedSize is how long a text is when it is encoded.
func (b *builder) encodedSize(encoding string, p []byte) int64 {
	var n counter
	out := newOutput(&n, 0)
	e := newEncoder(encoding, out, b.eol, true, "", "")
	e.Write(p) // a counter never fails
	e.Close()
	out.flush()
	return n.n
}

// newEncoder returns the encoder of a part. Of a text it makes line ends those of mail.
func newEncoder(encoding string, out *output, eol string, lines bool, label, token string) encoder {
	switch {
	case encoding == "quoted-printable":
		return &quotedEncoder{out: out, eol: eol, soft: "=" + eol, binary: !lines}
	case encoding == "base64" && lines:
		return &canonicalBase64{base64Encoder: base64Encoder{out: out, eol: eol}}
	case encoding == "base64":
		return &base64Encoder{out: out, eol: eol}
	}
	return &identity{out: out, eol: eol, label: label, encoding: encoding, survey: survey{token: token}}
}
