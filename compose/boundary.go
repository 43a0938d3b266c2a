package compose

import (
	"bytes"
	"fmt"
	"strings"

	"mailpipe/internal/ascii"
	"mailpipe/internal/header"
)

// Levels of multiparts. Each has its own boundary: `=_1_`, `=_2_` or `=_3_`
// before the same token. Neither base64 nor quoted-printable can produce `=_`,
// and no boundary begins with another one (RFC 2046 §5.1).
const (
	levelMixed = 1 + iota
	levelAlternative
	levelRelated
)

const (
	boundaryMax  = 70                                            // RFC 2046 §5.1.1
	delimiterMax = len("--") + boundaryMax                       // beginning a line
	tokenMax     = header.FoldColumns - len(` boundary="=_1_";`) // so that the parameter fits in one line
	tokenSigns   = "'()+_-./:="
)

func boundary(level int, token string) string { return fmt.Sprintf("=_%d_%s", level, token) }

// isDelimiter reports whether a reader would treat a line with this beginning as
// a boundary of the message.
func isDelimiter(line []byte, token string) bool {
	if !bytes.HasPrefix(line, []byte("--=_")) {
		return false // as most lines are
	}
	for level := levelMixed; level <= levelRelated; level++ {
		if bytes.HasPrefix(line, []byte("--"+boundary(level, token))) {
			return true
		}
	}
	return false
}

// checkToken checks Message.Boundary. A space, a comma and a question mark are
// allowed by RFC 2046, but some readers get them wrong even in quotes.
func checkToken(token string) error {
	if len(token) > tokenMax {
		return invalid("boundary too long: %d characters, the limit is %d", len(token), tokenMax)
	}
	for _, r := range token {
		if !ascii.IsAlnum(r) && !strings.ContainsRune(tokenSigns, r) {
			return invalid("invalid character %+q in boundary (allowed: letters, digits and %s)", r, tokenSigns)
		}
	}
	return nil
}
