package compose

import (
	"math/rand/v2"
	"testing"
)

// cuts gives ways to cut p into writes: whole, octet by octet, in pieces of
// chance.
func cuts(p []byte) [][][]byte {
	all := [][][]byte{{p}}
	var single [][]byte
	for i := range p {
		single = append(single, p[i:i+1])
	}
	all = append(all, single)
	r := rand.New(rand.NewPCG(1, uint64(len(p))))
	for _, limit := range []int{2, 3, 7, 80, 1000} {
		var pieces [][]byte
		for rest := p; len(rest) > 0; {
			n := min(len(rest), r.IntN(limit)+1)
			pieces = append(pieces, rest[:n])
			rest = rest[n:]
		}
		all = append(all, pieces)
	}
	return all
}

// sameForAllCuts encodes p in every cut and returns what all give.
func sameForAllCuts(t *testing.T, p []byte, encode func(pieces [][]byte) string) string {
	t.Helper()
	var want string
	for i, pieces := range cuts(p) {
		got := encode(pieces)
		if i == 0 {
			want = got
		} else if got != want {
			t.Fatalf("%q in %d pieces gives\n%q, whole\n%q", p, len(pieces), got, want)
		}
	}
	return want
}
