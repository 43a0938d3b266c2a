package repair

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"mailpipe/internal/transfer"
)

// Base64 is not under two thirds of quoted-printable if isMostlyPlain is true, and it
// is if isMostlyOther is true.
func TestMostlyPlain(t *testing.T) {
	tokens := []string{"a", "word ", "=", "\xff", " \n", "\n", ".\n", "--x\n", "\x00", "\r\n", "é"}
	plain, other := 0, 0
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 1))
		kinds, binary := 1+r.IntN(len(tokens)), r.IntN(8)
		var p []byte
		for range 1 + r.IntN(400) {
			token := tokens[r.IntN(kinds)]
			switch n := r.IntN(8); {
			case n < binary:
				token = "\xff\x00\xfe"
			case n < 6:
				token = "plain text "
			}
			p = append(p, token...)
		}
		var c content
		c.Write(p)
		c.End()
		switch {
		case c.isMostlyPlain():
			plain++
		case c.isMostlyOther():
			other++
		default:
			continue
		}
		for _, lines := range []bool{true, false} {
			opt := transfer.Options{EOL: "\r\n", Lines: lines, Dashes: true}
			quoted, encoded, err := transfer.Sizes(bytes.NewReader(p), opt, make([]byte, 1000))
			if err != nil || (3*encoded < 2*quoted) != c.isMostlyOther() {
				t.Fatalf("%q: %d octets of base64, %d of quoted-printable, %v", p, encoded, quoted, err)
			}
		}
	}
	if plain < 500 || other < 100 {
		t.Errorf("only %d of the contents are mostly plain, %d mostly other", plain, other)
	}
}
