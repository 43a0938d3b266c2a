package charset

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// A Mixed decoder passes UTF-8 on and reads any other octet as windows-1252. So
// it is right for a text in either of them, and for one that mixes them.
type Mixed struct {
	tail    []byte // an incomplete character at the end of the last chunk
	foreign int    // octets that are not UTF-8
}

// Invalid returns the number of octets so far that are not UTF-8.
func (d *Mixed) Invalid() int { return d.foreign }

// Complete reports whether the octets so far do not end within a character.
func (d *Mixed) Complete() bool { return len(d.tail) == 0 }

// Decode decodes the next octets. The slice that it returns may be p or a part of it.
func (d *Mixed) Decode(p []byte, isLast bool) []byte {
	if len(d.tail) > 0 {
		p = append(d.tail, p...)
	}
	if !isLast {
		n := IncompleteUTF8(p)
		d.tail = bytes.Clone(p[len(p)-n:])
		p = p[:len(p)-n]
	}
	if utf8.Valid(p) {
		return p
	}
	out := make([]byte, 0, 2*len(p))
	for len(p) > 0 {
		r, size := utf8.DecodeRune(p)
		if r == utf8.RuneError && size == 1 {
			r = charmap.Windows1252.DecodeByte(p[0])
			d.foreign++
		}
		out = utf8.AppendRune(out, r)
		p = p[size:]
	}
	return out
}
