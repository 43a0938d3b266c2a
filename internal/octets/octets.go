// Package octets holds the inner loops that writing and checking mail share.
package octets

import (
	"bytes"
	"encoding/binary"
)

// High reports whether an octet over 127 is in p.
func High(p []byte) bool {
	const high = 0x8080808080808080
	for ; len(p) >= 32; p = p[32:] {
		if (binary.LittleEndian.Uint64(p)|binary.LittleEndian.Uint64(p[8:])|
			binary.LittleEndian.Uint64(p[16:])|binary.LittleEndian.Uint64(p[24:]))&high != 0 {
			return true
		}
	}
	var all byte
	for _, c := range p {
		all |= c
	}
	return all >= 0x80
}

// LongRun is how many octets of even lines are held to be even without a look
// between their ends: a census of the whole tells more cheaply whether they were.
const LongRun = 4 << 10

// Run returns how many lines p begins with that have n octets, as those of
// base64 do, and the same line end: at least one. None of more begins with an
// octet of but. In sure octets or more there may be shorter ones, which it does
// not look for; where it found some, it is one line and they are uneven octets.
func Run(p []byte, n int, but [2]byte, sure int) (lines, uneven int) {
	crlf := n > 1 && p[n-2] == '\r'
	for rest := p; len(rest) >= n && rest[n-1] == '\n'; rest = rest[n:] {
		if rest[0] == but[0] || rest[0] == but[1] || n > 1 && (rest[n-2] == '\r') != crlf {
			break
		}
		lines++
	}
	if lines > 1 && lines*n < sure && bytes.Count(p[:lines*n], []byte{'\n'}) != lines {
		return 1, lines * n
	}
	return max(lines, 1), 0
}
