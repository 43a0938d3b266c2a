// Package mimetest has helpers for tests of what writes MIME.
package mimetest

import (
	"math/rand/v2"
	"testing"
)

// Cuts returns ways to cut p into writes: whole, octet by octet, and in pieces
// of random length.
func Cuts(p []byte) [][][]byte {
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

// SameForAllCuts encodes p in every cut, asserts that the results are equal, and
// returns the result.
func SameForAllCuts(t *testing.T, p []byte, encode func(pieces [][]byte) string) string {
	t.Helper()
	var want string
	for i, pieces := range Cuts(p) {
		got := encode(pieces)
		if i == 0 {
			want = got
		} else if got != want {
			t.Fatalf("%q in %d pieces is encoded as\n%q, whole as\n%q", p, len(pieces), got, want)
		}
	}
	return want
}
