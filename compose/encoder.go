package compose

import "io"

// newEncoder returns an encoder: it writes the content of one part to out in a
// transfer encoding. How the content is cut into writes makes no difference.
// Close writes what is left and does not close out.
//
// If hasLines is true, the line endings of the content become those of the
// message. The label and the token are for an identity.
func newEncoder(encoding string, out *output, eol string, hasLines bool, label, token string) io.WriteCloser {
	switch encoding {
	case "quoted-printable":
		return &quotedEncoder{out: out, eol: eol, binary: !hasLines}
	case "base64":
		plain := base64Encoder{out: out, eol: eol}
		if hasLines {
			return &canonicalBase64{base64Encoder: plain}
		}
		return &plain
	}
	return &identity{out: out, eol: eol, label: label, encoding: encoding, stats: contentStats{token: token}}
}
