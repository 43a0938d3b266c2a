// Package compose writes MIME messages (RFC 5322, RFC 2045 to 2049, RFC 2231)
// as a stream. No attachment is ever held in memory as a whole.
//
// Describe the message in a [Message]. [Message.Plan] opens its parts and
// checks everything that can fail. [Plan.WriteTo] then writes it.
//
// The parts of a message are arranged as follows, without the levels that have
// only one part:
//
//	multipart/mixed
//		multipart/alternative
//			text
//			multipart/related
//				HTML
//				images
//			invitation
//		files
package compose

import (
	"io"
	"time"
)

// A Field is a header field.
type Field struct{ Name, Value string }

// A Detector finds the media type and the charset of a part from its name and
// its head, the first 64 KiB or all of it. The charset is empty if it is not
// known. The name is empty for a text; head is then its first MiB.
//
// If the part can be read at any offset, at is not nil, and size is its length
// in octets. If not, at is nil, and size may be -1 for unknown.
//
// An error is one of reading at. It becomes the error of Plan.
type Detector func(name string, head []byte, at io.ReaderAt, size int64) (mediaType, charset string, err error)

// A Message is a message to be written. The zero value is an empty message
// without a sender, which Plan refuses.
//
// Plan does not change a Message. It may be called again, also from several
// goroutines at once, if the functions of the Message and of its parts allow it.
type Message struct {
	From                 Address
	To, Cc, Bcc, ReplyTo []Address
	Subject              string
	Header               []Field   // further fields, in this order
	Date                 time.Time // zero means now
	MessageID            string    // without angle brackets; empty means 128 random bits at the domain of From
	InReplyTo            string    // without angle brackets
	References           []string  // without angle brackets
	AutoSubmitted        bool      // adds Auto-Submitted (RFC 3834), and what keeps older vacation programs silent

	Text  *Part  // nil means none
	HTML  *Part  // nil means none; without a Text, a text version is made from it
	Files []Part // in this order

	// Related opens an image that the HTML refers to by a relative path. If it
	// is nil, no images are embedded.
	Related func(path string) (Part, error)

	// Detect finds what a Part does not say. If it is nil, a file without a
	// Type is application/octet-stream.
	Detect Detector

	// Note is called by Plan and WriteTo. If it is nil, notes are lost.
	Note func(Note)

	// How the message is written.

	Boundary     string // replaces the random bits of the boundaries; empty means random
	Reproducible bool   // makes what would be random from the message; set Date too
	Plain        bool   // one text/plain part of at most 1 MiB, not a multipart
	CRLF         bool   // CRLF line endings, not LF
	AllowEmpty   bool   // neither a text nor a file is not an error
}

// maxHold is the number of octets of a text that are held to choose its encoding.
const maxHold = 1 << 20

// headSize is the number of octets at the beginning of a file that are examined.
const headSize = 64 << 10
