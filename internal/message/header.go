package message

import (
	"bufio"
	"bytes"
	"io"
	"strings"
)

// Field is a header field as it stands in the input.
type Field struct {
	Name string // as written, without the blanks before the colon
	Raw  []byte // the whole field with its folded lines and line ends
	Line int    // of the input, from 1
}

// Value returns what follows the colon, unfolded and without blanks around it.
func (f Field) Value() string {
	_, value, _ := bytes.Cut(f.Raw, []byte(":"))
	return strings.TrimSpace(unfold.Replace(string(value)))
}

var unfold = strings.NewReplacer("\r", "", "\n", "")

func (f Field) is(name string) bool { return strings.EqualFold(f.Name, name) }

// Header is the top header in the order of the input.
type Header []Field

// Get returns the first field of that name in any case.
func (h Header) Get(name string) (f Field, ok bool) {
	for _, f := range h {
		if f.is(name) {
			return f, true
		}
	}
	return Field{}, false
}

// ReadHeader reads the header of a message that is not to be sent again: what
// SMTP could not carry does not matter. Its error is an *Error, or r's.
func ReadHeader(r io.Reader) (Header, error) {
	in := bufio.NewReader(io.LimitReader(r, Lookahead))
	var p []byte
	for {
		line, err := in.ReadBytes('\n')
		p = append(p, line...)
		if len(bytes.TrimRight(line, "\r\n")) == 0 || err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	if len(p) == Lookahead {
		return nil, &Error{Kind: ErrHeader, Why: "its header is longer than 1 MiB"}
	}
	p = append(p, "\n\n"...) // it may be all there is
	h, _, err := scanHeader(p[mboxLine(p):], 1)
	return h, err
}

// scanHeader reads the fields at the beginning of p up to the empty line.
// first is the number of the line that p begins with; body is the offset behind the empty
// line, or -1 when p ended before it.
func scanHeader(p []byte, first int) (h Header, body int, err error) {
	start, line := 0, first // of the line at hand
	for {
		n := bytes.IndexByte(p[start:], '\n')
		if n < 0 {
			return h, -1, nil
		}
		end := start + n + 1
		text := bytes.TrimSuffix(p[start:end-1], []byte("\r"))
		switch {
		case len(text) == 0:
			if h == nil {
				return nil, 0, &Error{Kind: ErrHeader, Line: line, Why: "it does not begin with a header field"}
			}
			return h, end, nil
		case text[0] == ' ' || text[0] == '\t':
			if h == nil {
				return nil, 0, &Error{Kind: ErrHeader, Line: line, Why: "it begins with a blank"}
			}
			last := &h[len(h)-1]
			last.Raw = last.Raw[:len(last.Raw)+n+1]
		default:
			name := fieldName(text)
			if name == "" && h == nil {
				return nil, 0, &Error{Kind: ErrHeader, Line: line, Why: "it does not begin with a header field"}
			}
			if name == "" {
				return nil, 0, &Error{Kind: ErrHeader, Line: line, Why: "this is no header field, and no empty line ended the header before it"}
			}
			h = append(h, Field{Name: name, Raw: p[start:end], Line: line})
		}
		start = end
		line++
	}
}

// fieldName returns the name a line begins with, or "" (RFC 5322 §3.6.8;
// blanks before the colon: §4.5).
func fieldName(line []byte) string {
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

// removed tells the fields that no recipient gets to see (RFC 5322 §3.6.3, RFC 5321 §4.4).
func (f Field) removed() bool {
	return f.is("Bcc") || f.is("Resent-Bcc") || f.is("Return-Path")
}

// mboxLine returns the length of the line that programs put before a mail in
// an mbox, or 0. ("From : a@b" is a header field.)
func mboxLine(p []byte) int {
	rest, ok := bytes.CutPrefix(p, []byte("From "))
	if !ok || bytes.HasPrefix(bytes.TrimLeft(rest, " \t"), []byte(":")) {
		return 0
	}
	return bytes.IndexByte(p, '\n') + 1
}

// isPatch tells the line that git format-patch begins each mail with.
func isPatch(line []byte) bool {
	rest, ok := bytes.CutPrefix(line, []byte("From "))
	if !ok {
		return false
	}
	hash, date, _ := bytes.Cut(rest, []byte(" "))
	if len(hash) != 40 && len(hash) != 64 || string(bytes.TrimRight(date, "\r")) != "Mon Sep 17 00:00:00 2001" {
		return false
	}
	return len(bytes.Trim(hash, "0123456789abcdef")) == 0
}
