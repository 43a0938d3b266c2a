package compose

import "encoding/binary"

// Eight octets at once: a bit trick for each question.
const (
	highBits = 0x8080808080808080
	lowBits  = 0x0101010101010101
)

func word(p []byte) uint64 { return binary.LittleEndian.Uint64(p) }

// plainWord reports whether all octets of w are printable ASCII or blank, but
// no `=`: what quoted-printable leaves as it is.
func plainWord(w uint64) bool {
	below := (w - lowBits*0x20) &^ w // under 0x20
	above := w + lowBits*(0x7F-0x7E) // over 0x7E
	equal := w ^ lowBits*'='
	equal = (equal - lowBits) &^ equal
	return (w|below|above|equal)&highBits == 0
}
