// Package compose writes MIME messages (RFC 5322, RFC 2045 to 2049, RFC 2231)
// as a stream: attachments are never held whole, and what can fail is checked
// before the first octet.
package compose

import (
	"errors"
	"io"
	"time"

	"mailpipe/internal/address"
)

// Address is one mailbox, made by the parsers of the command line or by hand.
type Address = address.Address

// Errors of Plan and WriteTo, wrapped with what they are about.
var (
	ErrArgument = errors.New("not allowed in a message")         // a header field or value
	ErrEmpty    = errors.New("no text and no attachment")        // and not AllowEmpty
	ErrTooBig   = errors.New("too big")                          // Plain over 1 MiB, a header over 1 MiB
	ErrChanged  = errors.New("a part changed while it was read") // shorter than its Size, or the boundary in passed-through content
)

// Field is a header field of the user's own.
type Field struct{ Name, Value string }

// Part is a file, a text or a picture.
type Part struct {
	Name        string // file name, in UTF-8; empty: none
	Type        string // media type with or without parameters; empty: detected
	Charset     string // of a text; empty: detected
	Encoding    string // 7bit, 8bit, quoted-printable or base64; empty: chosen
	Disposition string // attachment or inline; empty: attachment for Files
	ContentID   string // without angle brackets; empty: made where one is needed
	Size        int64  // octets; negative: not known
	// Open is called once. A reader that is an io.ReaderAt is looked at by Detect at will.
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
	Header               []Field   // further fields, in their order
	Date                 time.Time // zero: now
	MessageID            string    // without angle brackets; empty: 128 random bits at the domain of From
	InReplyTo            string    // without angle brackets
	References           []string  // likewise
	AutoSubmitted        bool      // RFC 3834
	Text                 *Part
	HTML                 *Part
	Files                []Part                          // in their order
	Related              func(path string) (Part, error) // opens a picture that HTML names; nil: none is looked for
	Detect               Detector                        // nil: application/octet-stream
	Boundary             string                          // in place of the random bits
	Plain                bool                            // one text/plain part, held
	CRLF                 bool                            // line ends; else LF
	AllowEmpty           bool
	Note                 func(text string) // hears what a person may want to know; nil: nobody
}

// Plan is a message that was checked and is ready to be written once.
type Plan struct{}

// Plan checks everything, looks at every head, chooses encodings and
// boundaries. After an error nothing was written and everything is closed.
func (m *Message) Plan() (*Plan, error) { panic("unwritten") }

// Size is the number of octets that WriteTo writes, where every part's is known.
func (p *Plan) Size() (n int64, known bool) { panic("unwritten") }

// Empty reports whether the text is empty (for --skip-empty).
func (p *Plan) Empty() bool { panic("unwritten") }

// WriteTo writes the message; the closing boundary only after every part was
// whole. It closes the parts. An error is ErrChanged, a part's or w's.
func (p *Plan) WriteTo(w io.Writer) (int64, error) { panic("unwritten") }

// Close closes the parts of a plan that is not written.
func (p *Plan) Close() error { panic("unwritten") }
