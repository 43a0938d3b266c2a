// Package charset finds the encodings of text by their names.
package charset

import (
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
)

// Find knows the names of the web, which mail is full of, and those of IANA, in
// any case. It is false for a name that nobody can read, and for the charsets
// that browsers refuse: they would make U+FFFD of everything.
func Find(name string) (e encoding.Encoding, known bool) {
	e, err := htmlindex.Get(name)
	if err != nil || e == encoding.Replacement {
		e, err = ianaindex.IANA.Encoding(name)
	}
	return e, err == nil && e != nil
}
