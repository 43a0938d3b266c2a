package transfer

import (
	"bytes"
	"encoding/base64"

	fast "github.com/segmentio/asm/base64"

	"mailpipe/internal/ascii"
)

// A Problem is what RFC 2045 does not allow in encoded content.
type Problem int

// The problems of base64 (§6.8) and of quoted-printable (§6.7).
const (
	BadAlphabet   Problem = iota // an octet that is not of the alphabet, nor a line ending
	BadPadding                   // padding that is missing, superfluous or not at the end
	BadEscape                    // an equals sign without two hexadecimal digits or a line ending
	TrailingSpace                // a space before a line ending
	problems
)

// A Decoder decodes base64, quoted-printable or content that is not encoded, piece by
// piece. It goes on after a problem, as readers of mail do.
type Decoder interface {
	// Decode decodes the octets that come next. The slice that it returns is valid until
	// the next call, and may be p or a part of it.
	Decode(p []byte, isLast bool) []byte
	// Count returns how often a problem was found, and Problems how often any was.
	Count(Problem) int
	Problems() int
}

// DecoderFor returns a decoder for a Content-Transfer-Encoding in lower case. known is
// false if there is no such encoding; the decoder then changes nothing.
func DecoderFor(encoding string) (d Decoder, known bool) {
	switch encoding {
	case "base64":
		return &base64Decoder{}, true
	case "quoted-printable":
		return &quotedDecoder{}, true
	case "", "7bit", "8bit", "binary":
		return &identity{}, true
	}
	return &identity{}, false
}

// counts has the number of each problem.
type counts struct {
	each [problems]int
	all  int
}

func (c *counts) found(p Problem) {
	c.each[p]++
	c.all++
}

func (c *counts) Count(p Problem) int { return c.each[p] }
func (c *counts) Problems() int       { return c.all }

// identity is the decoder of content that is not encoded.
type identity struct{ counts }

func (*identity) Decode(p []byte, _ bool) []byte { return p }

// A base64Decoder decodes base64. It ignores octets that are not of the alphabet, and
// goes on after padding.
type base64Decoder struct {
	counts
	group   [4]byte // the letters of a group that is not complete
	n       int     // letters in group
	pads    int     // equals signs after them
	padded  bool    // a group had padding, so no letter may follow
	letters []byte  // room for those of many lines
	out     []byte
}

func (d *base64Decoder) Decode(p []byte, isLast bool) []byte {
	d.out = d.out[:0]
	if !d.decodeLine(p) {
		for _, c := range p {
			d.octet(c)
		}
	}
	if isLast {
		d.end()
	}
	return d.out
}

// decodeLine decodes p if it is complete groups and a line ending, as most lines are.
func (d *base64Decoder) decodeLine(p []byte) bool {
	eol := 0
	if bytes.HasSuffix(p, []byte("\n")) {
		eol = 1
	}
	if bytes.HasSuffix(p, []byte("\r\n")) {
		eol = 2
	}
	return len(p) > eol && d.decodeLines(p, len(p), eol)
}

// DecodeLines decodes lines of the same size in octets, of which eol are the line ending.
// ok is false, and nothing has changed, if they have anything but letters in whole groups.
func (d *base64Decoder) DecodeLines(p []byte, size, eol int) (out []byte, ok bool) {
	ok = d.decodeLines(p, size, eol)
	return d.out, ok
}

// decodeLines decodes into out. The fast decoder is fast only without line endings.
func (d *base64Decoder) decodeLines(p []byte, size, eol int) bool {
	columns := size - eol
	if d.n+d.pads > 0 || d.padded || columns%4 != 0 {
		return false
	}
	d.letters = d.letters[:0]
	for ; len(p) >= size; p = p[size:] {
		d.letters = append(d.letters, p[:columns]...)
	}
	room := base64.StdEncoding.DecodedLen(len(d.letters))
	if cap(d.out) < room {
		d.out = make([]byte, 0, room)
	}
	n, err := fast.StdEncoding.Decode(d.out[:room], d.letters)
	if err != nil || n < room { // it has padding, or a line ending
		d.out = d.out[:0]
		return false
	}
	d.out = d.out[:n]
	return true
}

// octet decodes one octet.
func (d *base64Decoder) octet(c byte) {
	switch {
	case c == '\r' || c == '\n':
	case c == '=' && d.n+d.pads >= 2:
		d.pads++
		if d.n+d.pads == len(d.group) {
			d.flush()
			d.padded = true
		}
	case c == '=':
		d.found(BadPadding)
	case !ascii.IsAlnum(rune(c)) && c != '+' && c != '/':
		d.found(BadAlphabet)
	default:
		if d.pads > 0 { // one is missing
			d.found(BadPadding)
			d.flush()
		}
		if d.padded {
			d.found(BadPadding)
			d.padded = false
		}
		d.group[d.n] = c
		d.n++
		if d.n == len(d.group) {
			d.flush()
		}
	}
}

// flush decodes the letters of the group.
func (d *base64Decoder) flush() {
	var octets [3]byte
	n, _ := base64.RawStdEncoding.Decode(octets[:], d.group[:d.n]) // a single letter is dropped
	d.out = append(d.out, octets[:n]...)
	d.n, d.pads = 0, 0
}

// end decodes a group that was cut off.
func (d *base64Decoder) end() {
	if d.n+d.pads > 0 {
		d.found(BadPadding)
		d.flush()
	}
}
