package compose

import "encoding/binary"

// Eight octets at once: a bit trick for each question.
const (
	highBits = 0x8080808080808080
	lowBits  = 0x0101010101010101
)

const wordSize = 8

func putWord(p []byte, w uint64) { binary.LittleEndian.PutUint64(p, w) }

func putWord32(p []byte, w uint32) { binary.LittleEndian.PutUint32(p, w) }

func word(p []byte) uint64 { return binary.LittleEndian.Uint64(p) }

// notPlain returns 0 when all octets of w are printable ASCII or blank, but no
// `=`: what quoted-printable leaves as it is. Else its lowest bit is in the
// first octet that is not.
func notPlain(w uint64) uint64 {
	below := (w - lowBits*' ') &^ w // under the blank
	above := w + lowBits            // over ~
	equal := w ^ lowBits*'='
	equal = (equal - lowBits) &^ equal
	return (w | below | above | equal) & highBits
}
