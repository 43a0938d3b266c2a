// Package charset finds the encodings of text by their names.
package charset

import (
	"strings"

	"golang.org/x/text/encoding"
)

// Find knows the names of the web, which mail is full of, and those of IANA, in
// any case. It is false for a name that nobody can read, and for the charsets
// that browsers refuse: they would make U+FFFD of everything.
func Find(name string) (e encoding.Encoding, known bool) {
	e = named(strings.ToLower(strings.TrimSpace(name)))
	return e, e != nil
}
