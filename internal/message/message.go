// Package message reads a mail as it comes out of a pipe: its header, its
// envelope, and whether it is whole. It holds at most the first 1 MiB; what
// is longer is streamed.
package message

import (
	"bytes"
	"crypto/rand"
	"io"
	"time"

	"mailpipe/internal/address"
	"mailpipe/internal/ascii"
	"mailpipe/internal/buffer"
)

// Lookahead is how much is read before the server is called.
const Lookahead = 1 << 20

// Options of Read. The zero value streams and refuses what was cut off.
type Options struct {
	Hold           bool  // read all of the input now
	AllowTruncated bool  // a multipart without its end is whole
	Size           int64 // octets of the input when the caller knows them, else 0
	CRLF           bool  // with Size: the input has CRLF line ends throughout
}

// Message is a mail that was begun to be read. Close frees what it holds.
type Message struct {
	Header Header // as it was read, with what is not written

	opt   Options
	head  []byte // the header as it is written, with its empty line
	body  []byte // what came of the body within Lookahead
	start guard  // at the beginning of the body
	rest  *rest  // what follows body; nil: nothing
	id    string
	utf8  string

	size      int64
	sizeKnown bool
	eight     bool
	whole     bool // all of it was seen
}

// Read reads and checks the first Lookahead octets of r, or all of it with
// Hold. Its error is an *Error, r's, or one of the temporary file that holds.
func Read(r io.Reader, opt Options) (*Message, error) {
	p, err := readAhead(r)
	if err != nil && err != io.EOF {
		return nil, err
	}
	m := &Message{opt: opt, whole: err == io.EOF}
	if err := m.readHeader(p); err != nil {
		return nil, err
	}
	if !m.whole {
		m.rest = &rest{r: r}
	}
	if opt.Hold {
		m.Keep()
		m.whole = true
	}
	if err := m.survey(); err != nil {
		m.Close()
		return nil, err
	}
	if !m.sizeKnown && opt.Size > 0 {
		m.size, m.sizeKnown = opt.Size, true
		if opt.CRLF {
			m.size += int64(len(m.head) - (len(p) - len(m.body)))
		}
	}
	return m, nil
}

// readAhead reads Lookahead octets and one more, which tells whether r ends
// there. The error is io.EOF when it did, and nil when it may go on.
func readAhead(r io.Reader) (p []byte, err error) {
	p = make([]byte, 0, 32<<10) // most mails fit
	for err == nil && len(p) <= Lookahead {
		switch {
		case len(p) < cap(p):
		case len(p) < 256<<10:
			p = append(make([]byte, 0, 256<<10), p...)
		default:
			p = append(make([]byte, 0, Lookahead+1), p...)
		}
		var n int
		n, err = r.Read(p[len(p):cap(p)])
		p = p[:len(p)+n]
	}
	return p, err
}

// readHeader reads what p begins with, up to the body.
func (m *Message) readHeader(p []byte) error {
	if len(p) == 0 {
		return &Error{Kind: ErrEmpty}
	}
	for _, mark := range []string{"\xEF\xBB\xBF", "\xFF\xFE", "\xFE\xFF"} { // an editor or PowerShell wrote it
		if bytes.HasPrefix(p, []byte(mark)) {
			return &Error{Kind: ErrHeader, Line: 1, Why: "it begins with a byte order mark"}
		}
	}
	first := mboxLine(p)
	line := 1
	if first > 0 {
		line = 2
	}
	h, n, err := scanHeader(p[first:], line)
	switch {
	case err != nil:
		return err
	case n < 0 && h == nil && fieldName(p[first:]) == "":
		return &Error{Kind: ErrHeader, Line: line, Why: "it does not begin with a header field"}
	case n < 0 && m.whole:
		return &Error{Kind: ErrHeader, Why: "no empty line ends its header"}
	case n < 0 || first+n > Lookahead:
		return &Error{Kind: ErrHeader, Why: "its header is longer than 1 MiB"}
	}
	boundary, err := h.structure()
	if err != nil {
		return err
	}
	m.Header, m.body = h, p[first+n:]
	m.start = guard{
		line:     line + bytes.Count(p[first:first+n], []byte("\n")),
		boundary: []byte(boundary),
		series:   first > 0,
	}
	return m.writeHeader()
}

// writeHeader makes the header that is sent: without what no recipient gets
// to see, with the fields that RFC 5322 §3.6 asks for.
func (m *Message) writeHeader() error {
	for _, f := range m.Header {
		if f.removed() {
			continue
		}
		g := guard{line: f.Line}
		if _, _, err := g.lines(nil, f.Raw); err != nil {
			return err
		}
		if m.utf8 == "" && !ascii.Only(f.Raw) {
			m.utf8 = f.Name
		}
		m.head = appendCRLF(m.head, f.Raw)
	}
	if _, ok := m.Header.Get("Date"); !ok {
		m.head = append(m.head, "Date: "+time.Now().Format(time.RFC1123Z)+"\r\n"...)
	}
	if f, ok := m.Header.Get("Message-ID"); ok {
		m.id = f.Value()
	} else {
		m.id = "<" + rand.Text() + "@" + m.domain() + ">" // over 128 random bits
		m.head = append(m.head, "Message-ID: "+m.id+"\r\n"...)
	}
	m.head = append(m.head, "\r\n"...)
	return nil
}

// domain is the one of the author, for a Message-ID.
func (m *Message) domain() string {
	if f, ok := m.Header.Get("From"); ok {
		if list, err := address.ParseHeader(f.Value()); err == nil && len(list) > 0 {
			return list[0].Domain
		}
	}
	return "localhost"
}

// MessageID returns the identification of the message with its angle
// brackets, added by Read where it had none.
func (m *Message) MessageID() string { return m.id }

// Size is what the server is told (RFC 1870): the number of octets that
// WriteTo writes, or the Size of the input when its line ends are not known.
func (m *Message) Size() (n int64, known bool) { return m.size, m.sizeKnown }

// EightBit reports whether an octet over 127 is in the message. It is known
// when one was seen, or all of the message.
func (m *Message) EightBit() (yes, known bool) { return m.eight, m.eight || m.whole }

// UTF8 names the first header field that is not ASCII, or "".
func (m *Message) UTF8() string { return m.utf8 }

// Keep makes WriteTo repeatable: what is read from now on is held. It must be
// called before the first WriteTo.
func (m *Message) Keep() {
	if m.rest != nil && m.rest.kept == nil {
		m.rest.kept = &buffer.Store{}
	}
}

// Close frees what is held. It does not close the reader. A WriteTo that
// still waits for its reader fails when that returns.
func (m *Message) Close() error {
	if m.rest == nil || m.rest.kept == nil {
		return nil
	}
	return m.rest.kept.Close()
}
