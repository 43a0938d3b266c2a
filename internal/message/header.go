package message

import (
	"bufio"
	"bytes"
	"io"
	"iter"
	"strings"

	"mailpipe/internal/address"
)

// A Field is a header field of the input.
type Field struct {
	Raw  []byte // the whole field with its folded lines and line endings
	Line int    // of the input, from 1
}

// Name returns the name as written, without whitespace before the colon.
func (f Field) Name() string { return FieldName(f.Raw) }

// Value returns what follows the colon, unfolded and without surrounding whitespace.
func (f Field) Value() string {
	_, value, _ := bytes.Cut(f.Raw, []byte(":"))
	return strings.TrimSpace(unfold.Replace(string(value)))
}

var unfold = strings.NewReplacer("\r", "", "\n", "")

// Is reports whether the field has one of the names, in any case.
func (f Field) Is(names ...string) bool {
	written, _, _ := bytes.Cut(f.Raw, []byte(":"))
	written = bytes.TrimRight(written, " \t")
	for _, name := range names {
		if len(written) == len(name) && strings.EqualFold(string(written), name) {
			return true
		}
	}
	return false
}

// A Header is the header of a message or a part, in the order of the input. It may have
// hundreds of thousands of fields, so it is kept as it was read.
type Header struct {
	raw  []byte // without the empty line
	line int    // number of the first line
}

// NewHeader returns the header that consists of whole fields. line is the number of the
// first line of the input.
func NewHeader(fields []byte, line int) Header { return Header{fields, line} }

// Bytes returns the header as it was read, without the empty line after it.
func (h Header) Bytes() []byte { return h.raw }

// Line returns the number of the first line.
func (h Header) Line() int { return h.line }

// IsEmpty reports whether the header has no fields.
func (h Header) IsEmpty() bool { return len(h.raw) == 0 }

// Fields returns the fields of the header.
func (h Header) Fields() iter.Seq[Field] {
	return func(yield func(Field) bool) {
		line := h.line
		for rest := h.raw; len(rest) > 0; {
			n := fieldLen(rest)
			if !yield(Field{rest[:n], line}) {
				return
			}
			line += bytes.Count(rest[:n], []byte("\n"))
			rest = rest[n:]
		}
	}
}

// fieldLen returns the length of the field at the beginning of p.
func fieldLen(p []byte) int {
	for n := 0; ; {
		end := bytes.IndexByte(p[n:], '\n') + 1
		n += end
		switch {
		case end == 0, n == len(p):
			return len(p)
		case !isSpace(p[n]):
			return n
		}
	}
}

// Get returns the first field with that name, in any case.
func (h Header) Get(name string) (f Field, ok bool) {
	for f := range h.Fields() {
		if f.Is(name) {
			return f, true
		}
	}
	return Field{}, false
}

// Value returns the value of the first field with that name, in any case, or "".
func (h Header) Value(name string) string {
	f, _ := h.Get(name)
	return f.Value()
}

// Author returns the first author, or the zero Address if From is missing or invalid.
func (h Header) Author() address.Address {
	list, err := address.ParseHeader(h.Value("From"))
	if err != nil || len(list) == 0 {
		return address.Address{}
	}
	return list[0]
}

// ReadHeader reads the header of a message that is not sent again, and
// therefore may have lines that SMTP cannot carry. The empty line after it may
// be missing. Its error is an *Error, or comes from r.
func ReadHeader(r io.Reader) (h Header, err error) {
	in := bufio.NewReader(io.LimitReader(r, Lookahead))
	var p []byte
	for {
		line, err := in.ReadBytes('\n')
		p = append(p, line...)
		if err != nil && err != io.EOF {
			return h, err
		}
		if len(bytes.TrimRight(line, "\r\n")) == 0 || err == io.EOF {
			break
		}
	}
	if len(p) == Lookahead {
		return h, errHeaderTooLong
	}
	p = append(p, "\n\n"...) // in case that all of the input is the header
	h, _, err = scanHeader(p[MboxLine(p):], 1)
	return h, err
}

var errHeaderTooLong = &Error{Kind: ErrHeader, Why: "header longer than 1 MiB"}

// scanHeader reads the fields at the beginning of p up to the empty line. first
// is the number of the first line. end is the offset after the empty line, or
// -1 if p has none.
func scanHeader(p []byte, first int) (h Header, end int, err error) {
	start := 0
	for number := first; ; number++ {
		n := bytes.IndexByte(p[start:], '\n') + 1
		if n == 0 {
			return Header{p[:start], first}, -1, nil
		}
		text := withoutCR(p[start : start+n-1])
		switch {
		case start > 0 && len(text) == 0:
			return Header{p[:start], first}, start + n, nil
		case start > 0 && isSpace(text[0]), FieldName(text) != "":
		case len(text) > 0 && isSpace(text[0]):
			return h, 0, &Error{Kind: ErrHeader, Line: number, Why: "space before the first header field"}
		case start == 0:
			return h, 0, &Error{Kind: ErrHeader, Line: number, Why: noField}
		default:
			return h, 0, &Error{Kind: ErrHeader, Line: number, Why: "invalid header field, or missing empty line before it"}
		}
		start += n
	}
}

const noField = "missing header field"

func isSpace(c byte) bool { return c == ' ' || c == '\t' }

// FieldName returns the name of the header field that a line begins, or "" (RFC
// 5322 §3.6.8; whitespace before the colon: §4.5).
func FieldName(line []byte) string {
	colon := bytes.IndexByte(line, ':')
	if colon < 0 {
		return ""
	}
	name := bytes.TrimRight(line[:colon], " \t")
	for _, c := range name {
		if c <= ' ' || c > '~' {
			return ""
		}
	}
	return string(name)
}
