//go:build !purego

package octets

import (
	"github.com/segmentio/asm/cpu"
	"github.com/segmentio/asm/cpu/x86"
)

var avx2 = cpu.X86.Has(x86.AVX2)

// count counts in blocks of 64 octets, at least one.
//
//go:noescape
func count(p *byte, blocks int) (lf, cr int, nul, high bool)

// vectors takes the census of what comes before rest.
func vectors(p []byte) (c Census, rest []byte) {
	blocks := len(p) / 64
	if blocks == 0 || !avx2 {
		return c, p
	}
	c.LF, c.CR, c.NUL, c.High = count(&p[0], blocks)
	return c, p[blocks*64:]
}
