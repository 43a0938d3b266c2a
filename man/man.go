// Package man has the manual pages that the program prints itself.
package man

import _ "embed"

// Examples is mailpipe-examples(7).
//
//go:embed mailpipe-examples.7
var Examples string
