// Package compose writes MIME messages (RFC 5322, RFC 2045 to 2049, RFC 2231)
// as a stream: attachments are never held whole, and what can fail is checked
// before the first octet.
//
// What a message looks like, with only the levels that are needed below mixed:
//
//	mixed(alternative(text, related(html, pictures), invitation), files...)
package compose

import (
	"errors"
	"io"
	"time"

	"mailpipe/internal/address"
)

// Address is one mailbox (RFC 5322 §3.4): a Name to show, or none, the Local
// part without quotes, both in UTF-8, and the Domain, in A-labels.
type Address = address.Address

// Errors of Plan and WriteTo, wrapped with what they are about.
var (
	ErrArgument = errors.New("not allowed in a message")  // a header field, a value, a name, a combination
	ErrEmpty    = errors.New("no text and no attachment") // and not AllowEmpty
	ErrTooBig   = errors.New("too big")                   // Plain over 1 MiB, a header over 1 MiB
	ErrChanged  = errors.New("changed while it was read") // shorter than its Size, or not what was checked any more
)

var (
	errWritten  = errors.New("a plan can be written once")     // a fault of the caller
	errNoOpen   = errors.New("the part cannot be opened")      // likewise
	errNoReader = errors.New("the part opened as nothing")     // likewise
	errLongText = errors.New("its lines or octets do not fit") // an encoding that was asked for
)

// Field is a header field of the user's own.
type Field struct{ Name, Value string }

// Part is a file, a text or a picture.
type Part struct {
	Name        string // file name, in UTF-8; empty: none
	Type        string // media type with or without parameters; empty: detected
	Charset     string // of a text; empty: detected
	Encoding    string // 7bit, 8bit, quoted-printable or base64; empty: chosen
	Disposition string // attachment or inline; empty: attachment for Files. Inline ones get a Content-ID, and beside HTML they are related to it
	ContentID   string // without angle brackets; empty: made where one is needed
	Size        int64  // octets that are read, so 0 is an empty part; negative: not known, read to the end
	// Open is called once. A reader that is an io.ReaderAt is looked at at
	// will where Size is known: it is read from its beginning later, by Read.
	Open func() (io.ReadCloser, error)
}

// Detector tells type and charset of a part from its name and its head; at
// is nil where the part can be read but once.
type Detector func(name string, head []byte, at io.ReaderAt, size int64) (mediaType, charset string)

// Message is what is to be written. The zero value is an empty mail without a sender, which Plan refuses.
type Message struct {
	From                 Address
	To, Cc, Bcc, ReplyTo []Address
	Subject              string
	Header               []Field                         // further fields, in their order
	Date                 time.Time                       // zero: now
	MessageID            string                          // without angle brackets; empty: 128 random bits at the domain of From
	InReplyTo            string                          // without angle brackets
	References           []string                        // likewise
	AutoSubmitted        bool                            // RFC 3834, and what keeps older vacation programs silent
	Text                 *Part                           // nil: none
	HTML                 *Part                           // beside Text, or with a text version made of it; nil: none
	Files                []Part                          // in their order
	Related              func(path string) (Part, error) // opens a picture that HTML names by a relative path; nil: none is looked for
	Detect               Detector                        // nil: application/octet-stream
	Boundary             string                          // in place of the random bits
	Reproducible         bool                            // what would be random is made from the message: set Date too
	Plain                bool                            // one text/plain part, held
	CRLF                 bool                            // line ends; else LF
	AllowEmpty           bool                            // neither text nor files is no error
	Note                 func(text string)               // hears what a person may want to know, from Plan and WriteTo; nil: nobody
}

// maxHold is how much of a text is held to choose its encoding by all of it.
const maxHold = 1 << 20

// headSize is how much of a file is looked at.
const headSize = 64 << 10
