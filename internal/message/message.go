// Package message reads a mail message from a stream: its header, its envelope,
// and whether it is complete. It keeps at most the first 1 MiB in memory and
// passes on what follows.
package message

import (
	"io"

	"mailpipe/internal/buffer"
)

// Lookahead is how many octets of the input Read reads and checks.
const Lookahead = 1 << 20

// Options are options of Read. The zero value streams a long message, and
// refuses one that was cut off.
type Options struct {
	Hold           bool  // read and keep all of the input
	AllowTruncated bool  // accept a multipart without its closing boundary
	Size           int64 // octets of the input; 0 means unknown
	CRLF           bool  // all line endings of the input are CRLF, so that Size is exact

	// Again, if not nil, is the input, which can be read again: Seek with
	// io.SeekStart counts from where Read began.
	Again io.Seeker
}

// A Message is a message whose beginning, or all of it, was read. The caller must
// call Close. No other method may be called concurrently.
type Message struct {
	Header Header // as read, with the fields that are not sent

	opt  Options
	id   string // Message-ID
	utf8 string // name of the first field in UTF-8 that is not ASCII

	// What WriteTo writes, in this order. All of it except rest was checked.
	head []byte        // the header with its empty line
	body []byte        // the body, as far as it was read ahead
	held *buffer.Store // what follows body, from the offset from; nil if nothing is held
	from int64
	rest io.Reader // what was not read yet; nil if there is nothing
	tail []byte    // the end of a line ending that was cut off

	headerSize int     // of the header as it was read
	checker    checker // in its state after body and held
	read       checker // the same, for another reading of rest; set when rest is read first
	ahead      int64   // octets of the input before rest
	streamed   bool    // rest was read, or is being read
	size       int64   // -1 if unknown
	eightBit   eightBitDetector
}

// Read reads and checks the first Lookahead octets of r, or all of it with
// Options.Hold. Its error is an *Error, or comes from r or the temporary file.
func Read(r io.Reader, opt Options) (*Message, error) {
	p, err := readAhead(r)
	if err != nil && err != io.EOF {
		return nil, err
	}
	m := &Message{opt: opt, ahead: int64(len(p))}
	if err == nil {
		m.rest = r
	}
	if err := m.parse(p); err != nil {
		m.Close()
		return nil, err
	}
	return m, nil
}

// readAhead reads Lookahead octets and one more, which shows whether r
// ends there. The error is io.EOF if it does, and nil if there may be more.
func readAhead(r io.Reader) (p []byte, err error) {
	p = make([]byte, 0, 32<<10) // most messages fit
	for err == nil && len(p) <= Lookahead {
		if len(p) == cap(p) {
			larger := min(8*cap(p), Lookahead+1)
			p = append(make([]byte, 0, larger), p...)
		}
		var n int
		n, err = r.Read(p[len(p):cap(p)])
		p = p[:len(p)+n]
	}
	return p, err
}

// parse reads and checks the message, which begins with p.
func (m *Message) parse(p []byte) error {
	if err := m.begin(p); err != nil {
		return err
	}
	if m.opt.Hold && m.rest != nil {
		if err := m.hold(m.rest); err != nil {
			return err
		}
		m.rest = nil
	}
	return m.end()
}

// begin reads and checks the beginning of the message.
func (m *Message) begin(p []byte) error {
	headerSize, err := m.readHeader(p)
	if err != nil {
		return err
	}
	m.body, m.headerSize = p[headerSize:], headerSize
	m.eightBit.Write(m.head)
	m.eightBit.Write(m.body)
	return m.checker.check(m.body)
}

// end checks the end of the message, if it was read, and finds out the size.
func (m *Message) end() error {
	if m.rest == nil {
		if err := m.checkEnd(); err != nil {
			return err
		}
	}
	m.size = m.measure()
	return nil
}

// measure returns the size of the message, or -1 if it is unknown.
func (m *Message) measure() int64 {
	switch {
	case m.rest == nil:
		return m.checker.size
	case m.opt.Size <= 0:
		return -1
	case m.opt.CRLF:
		return m.opt.Size - int64(m.headerSize) + int64(len(m.head))
	}
	return m.opt.Size
}

// MessageID returns the Message-ID with its angle brackets. Read adds one if the
// message has none; only that of a signed message may be "".
func (m *Message) MessageID() string { return m.id }

// Size returns the size for the SIZE extension (RFC 1870). It is that of the
// message with CRLF line endings if Read has seen all of it, and otherwise comes
// from Options.Size.
func (m *Message) Size() (n int64, known bool) { return max(m.size, 0), m.size >= 0 }

// Whole reports whether Read has seen all of the input.
func (m *Message) Whole() bool { return m.rest == nil }

// Repeatable reports whether WriteTo can be called more than once.
func (m *Message) Repeatable() bool { return m.rest == nil || m.opt.Again != nil }

// EightBit reports whether the message has an octet over 127. known is false if
// Read has not seen all of it and found none.
func (m *Message) EightBit() (yes, known bool) {
	return bool(m.eightBit), bool(m.eightBit) || m.rest == nil
}

// UTF8 returns the name of the first header field that needs SMTPUTF8 (RFC
// 6531), or "". Such a field is in UTF-8 and not ASCII. Other octets over 127
// need no extension: with SMTPUTF8, they would be declared to be UTF-8.
func (m *Message) UTF8() string { return m.utf8 }

// Close frees what was held. It does not close the reader.
func (m *Message) Close() error {
	if m.held == nil {
		return nil
	}
	return m.held.Close()
}
