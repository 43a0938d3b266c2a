// Package detect tells the media type, the charset and the shortest transfer
// encoding of a file by its content, refined by its name. It reads no tables
// of the host: the same file gives the same answer everywhere.
package detect

import "io"

// HeadSize is how many octets of a file's beginning are looked at.
const HeadSize = 64 << 10

// Result is what was found out.
type Result struct {
	Type     string // media type without parameters, never empty
	Charset  string // IANA name in lower case; empty when none is certain
	Encoding string // 7bit, quoted-printable or base64
	Why      string // which rule decided, in a few words; for -v
}

// String returns the type with its charset parameter.
func (r Result) String() string { panic("unwritten") }

// File looks at a file that can be read at will. size is in octets.
func File(name string, r io.ReaderAt, size int64) Result { panic("unwritten") }

// Head looks at what can be read but once: its first HeadSize octets, or all of it.
func Head(name string, head []byte) Result { panic("unwritten") }

// Charset tells the charset of a text's beginning, or "" when in doubt.
func Charset(head []byte) string { panic("unwritten") }
