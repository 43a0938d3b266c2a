// Package transfer implements the content transfer encodings of RFC 2045 §6, and
// finds out which of them content needs.
package transfer

import "io"

// Options are options of NewEncoder.
type Options struct {
	EOL string // the line ending of the output

	// Lines means that the content is text: its line endings become those of the
	// output in quoted-printable, and CRLF inside base64.
	Lines bool

	// Dashes means that no line of quoted-printable begins with two dashes, so that
	// none is a delimiter, whatever the boundary is.
	Dashes bool
}

// NewEncoder returns an encoder of quoted-printable or base64: it writes the
// content of one part to out. How the content is cut into writes makes no
// difference. Close writes what is left and does not close out.
func NewEncoder(encoding string, out *Output, opt Options) io.WriteCloser {
	if encoding == "quoted-printable" {
		return &quotedEncoder{out: out, eol: opt.EOL, binary: !opt.Lines, dashes: opt.Dashes}
	}
	plain := base64Encoder{out: out, eol: opt.EOL}
	if opt.Lines {
		return &canonicalBase64{base64Encoder: plain}
	}
	return &plain
}
