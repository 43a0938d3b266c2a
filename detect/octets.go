package detect

import (
	"encoding/binary"
	"math/bits"
)

// What is asked of every octet is asked of eight at once, where the answer is
// a bit trick.
const (
	lowBits  = 0x0101010101010101
	highBits = 0x8080808080808080
)

// indexControl returns where the first control is that texts do not hold, or -1.
func indexControl(b []byte) int {
	for i := 0; i < len(b); {
		if i+8 <= len(b) {
			x := binary.LittleEndian.Uint64(b[i:])
			if (x-' '*lowBits)&^x&highBits == 0 { // no octet below a blank
				i += 8
				continue
			}
		}
		for end := min(i+8, len(b)); i < end; i++ {
			if c := b[i]; c < ' ' && textControls>>c&1 == 0 {
				return i
			}
		}
	}
	return -1
}

// hasC1 reports whether b has octets from 80 to 9F.
func hasC1(b []byte) bool {
	const topBits = 0xE0 * lowBits
	for len(b) >= 8 {
		x := (binary.LittleEndian.Uint64(b) ^ highBits) & topBits
		if (x-lowBits)&^x&highBits != 0 {
			return true
		}
		b = b[8:]
	}
	for _, c := range b {
		if 0x80 <= c && c <= 0x9F {
			return true
		}
	}
	return false
}

// countQuoted counts the octets that quoted-printable writes as "=XX".
func countQuoted(b []byte) (n int) {
	for len(b) >= 8 {
		x := binary.LittleEndian.Uint64(b)
		low := x &^ highBits
		// In its highest bit each octet of these says: below a blank, "=", DEL.
		below := ^(low + (0x80-' ')*lowBits)
		equals := ^((low ^ '='*lowBits) + 0x7F*lowBits)
		del := low + lowBits
		n += bits.OnesCount64((below | equals | del | x) & highBits)
		tab := ^((low ^ '\t'*lowBits) + 0x7F*lowBits) &^ x // stands for itself
		n -= bits.OnesCount64(tab & highBits)
		b = b[8:]
	}
	for _, c := range b {
		if c < ' ' && c != '\t' || c == '=' || c > '~' {
			n++
		}
	}
	return n
}
