// Package compose writes MIME messages (RFC 5322, RFC 2045 to 2049, RFC 2231)
// as a stream. It never reads a whole attachment into memory.
//
// A [Message] describes the message. [Message.Plan] opens its parts, and finds
// mistakes before anything is written. [Plan.WriteTo] then writes it. A Plan can be
// the content of a delivery by package wire.
//
// A message has this structure. Of the inner levels, those that have only one
// part are left out. The outermost is always there, unless Message.Plain is set:
// its closing boundary shows that the message is complete.
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

// A Message is a message to be written. The zero value has no sender, and Plan
// refuses it.
//
// Plan does not change a Message. It may be called again, and by several
// goroutines at once, if Related, Detect, Note and the Open functions of the
// parts allow that. Those of Text, Bytes and File do.
type Message struct {
	From                 Address
	To, Cc, Bcc, ReplyTo []Address // Bcc is not in the message unless WriteBcc is set
	Subject              string
	Header               []Field   // further fields, in this order: see Field
	Date                 time.Time // zero means now
	MessageID            string    // without angle brackets; empty means 128 random bits at the domain of From
	InReplyTo            string    // without angle brackets
	References           []string  // without angle brackets
	AutoSubmitted        bool      // adds Auto-Submitted (RFC 3834) and what keeps older programs from answering

	Text  *Part  // nil means none
	HTML  *Part  // nil means none; if there is no Text, a text version is made from it
	Files []Part // in this order

	// Related returns an image to which the HTML refers by a relative path. A
	// *LeftOutError keeps the reference as it is; any other error is one of Plan.
	// If Related is nil, no images are embedded.
	Related func(path string) (Part, error)

	// Detect finds what a Part leaves open. If it is nil, a file without a Type
	// is application/octet-stream.
	Detect Detector

	// Note is called by Plan and WriteTo, in their goroutines. It may be nil.
	Note func(Note)

	// Boundary replaces the random bits in the boundaries, unless it is empty. It
	// may have up to 59 letters, digits and characters of '()+_-./:=
	Boundary string

	// Reproducible makes the same message produce the same octets, if Date is set
	// too: what would be random is then a hash of the header fields and of the
	// parts. A part that can be read only once counts with its first 64 KiB, or
	// with its first MiB if it is a text.
	Reproducible bool

	Plain      bool // one text/plain part of at most 1 MiB instead of a multipart
	CRLF       bool // line endings are CRLF instead of LF
	WriteBcc   bool // for a program that sends to the addresses in the field Bcc and removes it
	AllowEmpty bool // a message may have neither a text nor a file

	// Report, if it is not empty, makes the message a multipart/report (RFC 6522)
	// instead of a multipart/mixed, with Report as its report-type. The text comes
	// first. The files have a name or a disposition only if they set one.
	Report string
}

// A Field is a further header field. The name must not be one of OwnFields,
// MIME-Version, or one that begins with Content-. The value is in UTF-8. It is
// folded as required (RFC 5322 §2.2.3), and encoded where readers decode it
// (RFC 2047 §5): see ErrNotASCII for the other fields.
type Field struct{ Name, Value string }

// A Detector returns the media type of a part, and its charset or "". An error
// is one of reading at, and becomes the error of Plan.
//
// The head is the first 64 KiB of the part, or all of it. If the part can be
// read at any offset, at is not nil, and size is its length in octets. If not,
// at is nil, and size is -1 if the length is not known.
//
// A Detector is also asked for the charset of a text. Then the name is empty,
// the head is its first MiB, and at is nil.
type Detector func(name string, head []byte, at io.ReaderAt, size int64) (mediaType, charset string, err error)

const (
	maxHold  = 1 << 20  // octets of a text that are held, so that its encoding is chosen for all of it
	headSize = 64 << 10 // octets of a file that are read to detect its type
)
