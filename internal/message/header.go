package message

import (
	"bufio"
	"bytes"
	"io"
	"strings"
)

// A Field is a header field of the input.
type Field struct {
	Name string // as written, without whitespace before the colon
	Raw  []byte // the whole field with its folded lines and line endings
	Line int    // of the input, from 1
}

// Value returns what follows the colon, unfolded and without surrounding whitespace.
func (f Field) Value() string {
	_, value, _ := bytes.Cut(f.Raw, []byte(":"))
	return strings.TrimSpace(unfold.Replace(string(value)))
}

var unfold = strings.NewReplacer("\r", "", "\n", "")

// is reports whether the field has one of the names, in any case.
func (f Field) is(names ...string) bool {
	for _, name := range names {
		if strings.EqualFold(f.Name, name) {
			return true
		}
	}
	return false
}

// A Header is the top header of a message, in the order of the input.
type Header []Field

// Get returns the first field with that name, in any case.
func (h Header) Get(name string) (f Field, ok bool) {
	for _, f := range h {
		if f.is(name) {
			return f, true
		}
	}
	return Field{}, false
}

// ReadHeader reads the header of a message that is not sent again, and
// therefore may have lines that SMTP cannot carry. The empty line after it may
// be missing. Its error is an *Error, or comes from r.
func ReadHeader(r io.Reader) (Header, error) {
	in := bufio.NewReader(io.LimitReader(r, Lookahead))
	var p []byte
	for {
		line, err := in.ReadBytes('\n')
		p = append(p, line...)
		if err != nil && err != io.EOF {
			return nil, err
		}
		if len(bytes.TrimRight(line, "\r\n")) == 0 || err == io.EOF {
			break
		}
	}
	if len(p) == Lookahead {
		return nil, errHeaderTooLong
	}
	p = append(p, "\n\n"...) // in case that all of the input is the header
	h, _, err := scanHeader(p[MboxLine(p):], 1)
	return h, err
}

var errHeaderTooLong = &Error{Kind: ErrHeader, Why: "header longer than 1 MiB"}

// scanHeader reads the fields at the beginning of p up to the empty line. first
// is the number of the first line. end is the offset after the empty line, or
// -1 if p has none.
func scanHeader(p []byte, first int) (h Header, end int, err error) {
	h = make(Header, 0, countFields(p))
	start := 0
	for number := first; ; number++ {
		n := bytes.IndexByte(p[start:], '\n') + 1
		if n == 0 {
			return h, -1, nil
		}
		line := p[start : start+n]
		start += n
		text := withoutCR(line[:n-1])
		name := FieldName(text)
		switch {
		case len(h) > 0 && len(text) == 0:
			return h, start, nil
		case len(h) > 0 && isSpace(text[0]):
			last := &h[len(h)-1]
			last.Raw = last.Raw[:len(last.Raw)+n]
		case name != "":
			h = append(h, Field{Name: name, Raw: line, Line: number})
		case len(h) == 0 && len(text) > 0 && isSpace(text[0]):
			return nil, 0, &Error{Kind: ErrHeader, Line: number, Why: "space before the first header field"}
		case len(h) == 0:
			return nil, 0, &Error{Kind: ErrHeader, Line: number, Why: noField}
		default:
			return nil, 0, &Error{Kind: ErrHeader, Line: number, Why: "invalid header field, or missing empty line before it"}
		}
	}
}

// countFields returns the number of lines before the first empty line, except
// those that continue a field. A slice that grows to it would need twice as much.
func countFields(p []byte) (n int) {
	for line := range bytes.Lines(p) {
		switch {
		case len(withoutCR(bytes.TrimSuffix(line, []byte("\n")))) == 0:
			return n
		case !isSpace(line[0]):
			n++
		}
	}
	return n
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
