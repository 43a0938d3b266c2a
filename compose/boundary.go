package compose

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"
)

// Levels of multiparts. Each has a boundary of its own, `=_1_` and so on before
// the same token: neither base64 nor quoted-printable can produce `=_`, and none
// is the beginning of another (RFC 2046 §5.1).
const (
	levelMixed = 1 + iota
	levelAlternative
	levelRelated
)

const (
	boundaryMax  = 70                                     // RFC 2046 §5.1.1
	tokenMax     = foldColumns - len(` boundary="=_1_";`) // on a line of its own
	delimiterMax = boundaryMax + len("--")
	randomBytes  = 16 // 128 bits
	tokenSigns   = "'()+_-./:="
)

func boundary(level int, token string) string { return fmt.Sprintf("=_%d_%s", level, token) }

// isDelimiter reports whether a reader would take a line that begins so for a boundary of ours.
func isDelimiter(line []byte, token string) bool {
	const prefix = "--=_"
	rest, ok := bytes.CutPrefix(line, []byte(prefix))
	return ok && len(rest) > 2 && rest[0] >= '0'+levelMixed && rest[0] <= '0'+levelRelated && rest[1] == '_' &&
		bytes.HasPrefix(rest[2:], []byte(token))
}

// checkToken judges what replaces the random bits of the boundaries: no blank,
// and no comma or question mark, which some readers get wrong even in quotes.
func checkToken(token string) error {
	if len(token) > tokenMax {
		return invalid("boundary too long: %d characters, the limit is %d", len(token), tokenMax)
	}
	for _, r := range token {
		if !isAlnum(r) && !strings.ContainsRune(tokenSigns, r) {
			return invalid("invalid character %+q in boundary (allowed: letters, digits and %s)", r, tokenSigns)
		}
	}
	return nil
}

func isAlnum(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}

// identifiers makes what must be unique: from chance, or from the message so
// that the same message gives the same bytes.
type identifiers struct {
	seed hash.Hash // nil: chance
	made byte
}

// learn adds to what identifiers are made from.
func (id *identifiers) learn(content []byte, names ...any) {
	if id.seed == nil {
		return
	}
	fmt.Fprintf(id.seed, "%q %d:", names, len(content))
	id.seed.Write(content)
}

// next returns 128 bits in hexadecimal.
func (id *identifiers) next() string {
	var b [randomBytes]byte
	if id.seed == nil {
		rand.Read(b[:]) // never fails
		return hex.EncodeToString(b[:])
	}
	id.made++
	sum := sha256.Sum256(append(id.seed.Sum(nil), id.made))
	return hex.EncodeToString(sum[:randomBytes])
}
