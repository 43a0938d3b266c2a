package transfer

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// Base64 is not under two thirds of quoted-printable if isMostlyPlain is true, and it
// is if isMostlyOther is true, also when octets that are not UTF-8 are converted.
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
		var c Measure
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
		converted := strings.NewReplacer("\xff", "ÿ", "\xfe", "€").Replace(string(p)) // from windows-1252
		for _, content := range []string{string(p), converted} {
			for _, lines := range []bool{true, false} {
				opt := Options{EOL: "\r\n", Lines: lines, Dashes: true}
				quoted, encoded, err := sizes(strings.NewReader(content), opt, make([]byte, 1000))
				if err != nil || (3*encoded < 2*quoted) != c.isMostlyOther() {
					t.Fatalf("%q: %d octets of base64, %d of quoted-printable, %v", content, encoded, quoted, err)
				}
			}
		}
	}
	if plain < 500 || other < 100 {
		t.Errorf("only %d of the contents are mostly plain, %d mostly other", plain, other)
	}
}
