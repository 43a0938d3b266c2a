// Package ascii reports whether text is US-ASCII.
package ascii

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// Only reports whether every octet of p is below 128.
func Only(p []byte) bool {
	const high = 0x8080808080808080
	for ; len(p) >= 32; p = p[32:] { // four words at a time, or the loop costs more than the test
		a, b := binary.LittleEndian.Uint64(p), binary.LittleEndian.Uint64(p[8:])
		c, d := binary.LittleEndian.Uint64(p[16:]), binary.LittleEndian.Uint64(p[24:])
		if (a|b|c|d)&high != 0 {
			return false
		}
	}
	for _, c := range p {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// OnlyString reports whether every octet of s is below 128.
func OnlyString(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// Printable returns the number of octets of p from the space to DEL.
func Printable(p []byte) (n int) {
	for ; len(p) >= 32; p = p[32:] { // as in Only
		a, b := binary.LittleEndian.Uint64(p), binary.LittleEndian.Uint64(p[8:])
		c, d := binary.LittleEndian.Uint64(p[16:]), binary.LittleEndian.Uint64(p[24:])
		n += bits.OnesCount64(printable(a) | printable(b)>>1 | printable(c)>>2 | printable(d)>>3)
	}
	for _, c := range p {
		if c >= ' ' && c < utf8.RuneSelf {
			n++
		}
	}
	return n
}

// printable returns the high bit of each octet of x from the space to DEL.
func printable(x uint64) uint64 {
	const high, low, toHigh = 0x8080808080808080, 0x7F7F7F7F7F7F7F7F, 0x6060606060606060
	return (x&low + toHigh) &^ x & high // an octet from 0x20 sets its high bit
}
