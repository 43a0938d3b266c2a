package transfer

import (
	"bytes"
	"encoding/hex"
)

// A quotedDecoder decodes quoted-printable. An equals sign that begins no escape stays
// as it is.
type quotedDecoder struct {
	counts
	tail   []byte // the end of the last piece, whose meaning depends on what follows
	joined []byte // room for tail and a piece
	out    []byte
}

// tailMax is how many spaces before a line ending may be in the tail.
const tailMax = 64 << 10

func (d *quotedDecoder) Decode(p []byte, isLast bool) []byte {
	if len(d.tail) > 0 {
		d.joined = append(append(d.joined[:0], d.tail...), p...)
		p = d.joined
		d.tail = d.tail[:0]
	}
	if !isLast {
		n := undecided(p)
		if n <= tailMax {
			d.tail = append(d.tail, p[len(p)-n:]...)
			p = p[:len(p)-n]
		}
	}
	d.out = d.out[:0]
	for len(p) > 0 {
		line := p
		if n := bytes.IndexByte(p, '\n'); n >= 0 {
			line = p[:n+1]
		}
		p = p[len(line):]
		d.line(line, isLast && len(p) == 0)
	}
	return d.out
}

// undecided returns the number of octets at the end of p that a later octet may give
// another meaning: spaces, a CR, and an escape that is not complete.
func undecided(p []byte) int {
	rest := bytes.TrimRight(p, " \t\r")
	switch n := len(rest); {
	case n > 0 && rest[n-1] == '\n':
		return len(p) - n
	case n > 0 && rest[n-1] == '=':
		return len(p) - n + 1
	case n > 1 && n == len(p) && rest[n-2] == '=':
		return 2
	}
	return len(p) - len(rest)
}

// line decodes a line. A line without its line ending goes on in the next piece,
// unless it is the last one.
func (d *quotedDecoder) line(line []byte, isLast bool) {
	text, hasEOL := bytes.CutSuffix(line, []byte("\n"))
	if !hasEOL && !isLast {
		d.escapes(line)
		return
	}
	if hasEOL {
		text = bytes.TrimSuffix(text, []byte("\r"))
	}
	trimmed := bytes.TrimRight(text, " \t")
	if len(trimmed) < len(text) {
		d.found(TrailingSpace)
	}
	if begun, isSoft := bytes.CutSuffix(trimmed, []byte("=")); isSoft { // a soft line break
		d.escapes(begun)
		return
	}
	d.escapes(trimmed)
	d.out = append(d.out, line[len(text):]...)
}

// escapes decodes the escapes of a text.
func (d *quotedDecoder) escapes(text []byte) {
	for {
		n := bytes.IndexByte(text, '=')
		if n < 0 {
			d.out = append(d.out, text...)
			return
		}
		d.out = append(d.out, text[:n]...)
		text = text[n:]
		var octet [1]byte
		if len(text) < 3 || !decodeHex(octet[:], text[1:3]) {
			d.found(BadEscape)
			d.out = append(d.out, '=')
			text = text[1:]
			continue
		}
		d.out = append(d.out, octet[0])
		text = text[3:]
	}
}

// decodeHex decodes two digits, and reports whether they are hexadecimal.
func decodeHex(octet, digits []byte) bool {
	_, err := hex.Decode(octet, digits)
	return err == nil
}
