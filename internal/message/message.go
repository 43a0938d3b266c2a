// Package message reads a mail as it comes out of a pipe: its header, its
// envelope, and whether it is whole. It holds at most the first 1 MiB; what
// is longer is streamed.
package message

import (
	"errors"
	"io"

	"mailpipe/internal/address"
)

// Lookahead is how much is read before the server is called.
const Lookahead = 1 << 20

// Errors that say why a message cannot be sent. They are wrapped with the line or the field.
var (
	ErrEmpty     = errors.New("the message is empty")
	ErrHeader    = errors.New("the input is not a mail message")
	ErrCutOff    = errors.New("the message was cut off")
	ErrContent   = errors.New("the message has a line that SMTP cannot carry")
	ErrRecipient = errors.New("the message names no recipient")
	ErrSender    = errors.New("the message names no sender")
)

// Options of Read. The zero value streams and refuses what was cut off.
type Options struct {
	Hold           bool  // read all of the input now
	AllowTruncated bool  // a multipart without its end is whole
	Size           int64 // octets of the input when the caller knows them, else 0
	CRLF           bool  // with Size: the input has CRLF line ends throughout
}

// Message is a mail that was begun to be read. Close frees what it holds.
type Message struct {
	Header Header
}

// Field is a header field as it stands in the input, folded lines and all, without the last line end.
type Field struct {
	Name string // as written
	Raw  []byte // the whole field
}

// Header is the top header in the order of the input.
type Header []Field

// Read reads and checks the first Lookahead octets of r, or all of it with Hold.
func Read(r io.Reader, opt Options) (*Message, error) { panic("unwritten") }

// Envelope returns the sender (RFC 5322 §3.6.2, §3.6.6) and the recipients in the order of the header, each once.
func (m *Message) Sender() (address.Address, error)       { panic("unwritten") }
func (m *Message) Recipients() ([]address.Address, error) { panic("unwritten") }

// MessageID returns the identification of the message, added by Read where it had none.
func (m *Message) MessageID() string { panic("unwritten") }

// Size is the number of octets that WriteTo writes, counted with CRLF (RFC 1870).
func (m *Message) Size() (n int64, known bool) { panic("unwritten") }

// EightBit reports whether an octet over 127 is in the message, as far as known.
func (m *Message) EightBit() (yes, known bool) { panic("unwritten") }

// UTF8 names the first header field that is not ASCII, or "".
func (m *Message) UTF8() string { panic("unwritten") }

// Keep makes WriteTo repeatable: what it writes is held from now on. It must be called before the first WriteTo.
func (m *Message) Keep() { panic("unwritten") }

// WriteTo writes the message with CRLF line ends, without Bcc, Resent-Bcc and
// Return-Path, with Date and Message-ID. Its error says that the message is
// not whole: ErrCutOff, ErrContent, or the reader's. It may be called again when all was held or kept.
func (m *Message) WriteTo(w io.Writer) (int64, error) { panic("unwritten") }

// Close frees what is held.
func (m *Message) Close() error { panic("unwritten") }
