package message

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"time"
	"unicode/utf8"

	"mailpipe/internal/ascii"
	"mailpipe/internal/charset"
)

// readHeader reads the header that p begins with, and makes the one that is
// sent. It returns the size of the header as read, with its empty line.
func (m *Message) readHeader(p []byte) (size int, err error) {
	if len(p) == 0 {
		return 0, &Error{Kind: ErrEmpty}
	}
	if mark, _ := charset.CutBOM(p); mark != "" { // an editor or PowerShell wrote it
		return 0, &Error{Kind: ErrHeader, Line: 1, Why: "byte order mark before the header"}
	}
	start, line := MboxLine(p), 1
	if start > 0 {
		line = 2
	}
	h, n, err := scanHeader(p[start:], line)
	if err != nil {
		return 0, err
	}
	if n < 0 {
		return 0, m.unendedHeader(h, p[start:], line)
	}
	size = start + n
	if size > Lookahead {
		return 0, errHeaderTooLong
	}
	boundary, err := h.boundary()
	if err != nil {
		return 0, err
	}
	m.Header = h
	raw := p[start:size]
	if err := m.makeHead(lineEnding(raw)); err != nil {
		return 0, err
	}
	if boundary != "" {
		m.checker.delimiter = []byte("--" + boundary)
	}
	if start > 0 {
		m.checker.mbox = &mbox{afterEmpty: true}
	}
	m.checker.line = line + bytes.Count(raw, []byte("\n"))
	return size, nil
}

// unendedHeader returns the error if no empty line follows the header. p is the
// input from that line on, and h has the fields that are complete.
func (m *Message) unendedHeader(h Header, p []byte, line int) error {
	switch {
	case len(h.raw) == 0 && FieldName(p) == "":
		return &Error{Kind: ErrHeader, Line: line, Why: noField}
	case m.rest == nil && (m.held == nil || m.from == m.held.Size()):
		return &Error{Kind: ErrHeader, Why: "missing empty line after the header"}
	}
	return errHeaderTooLong
}

// lineEnding returns the line ending of the last line of p.
func lineEnding(p []byte) string {
	if bytes.HasSuffix(p, []byte("\r\n")) {
		return "\r\n"
	}
	return "\n"
}

// makeHead makes the header that is sent: without the fields that no recipient
// may see, and with those that RFC 5322 §3.6 requires. It adds nothing to a
// signed message, because a signature may also cover the absence of a field.
func (m *Message) makeHead(eol string) error {
	for f := range m.Header.Fields() {
		if f.removed() {
			continue
		}
		if m.utf8 == "" && !ascii.Only(f.Raw) && utf8.Valid(f.Raw) {
			m.utf8 = f.Name()
		}
		m.checker.line = f.Line
		if err := m.addToHead(f.Raw); err != nil {
			return err
		}
	}
	m.id = m.Header.Value("Message-ID")
	missing := ""
	if !m.Header.signed() {
		missing = m.missingFields(eol)
	}
	return m.addToHead([]byte(missing + eol))
}

// signed reports whether the header has a DKIM or ARC signature (RFC 6376, RFC 8617).
func (h Header) signed() bool {
	for f := range h.Fields() {
		if f.Is("DKIM-Signature", "ARC-Seal") {
			return true
		}
	}
	return false
}

// missingFields returns the required fields that the message lacks.
func (m *Message) missingFields(eol string) (fields string) {
	if _, ok := m.Header.Get("Date"); !ok {
		fields += "Date: " + time.Now().Format(time.RFC1123Z) + eol
	}
	if _, ok := m.Header.Get("Message-ID"); !ok {
		domain := cmp.Or(m.Header.Author().Domain, "localhost")
		m.id = "<" + rand.Text() + "@" + domain + ">" // over 128 random bits
		fields += "Message-ID: " + m.id + eol
	}
	return fields
}

// addToHead checks lines of the header and adds them.
func (m *Message) addToHead(lines []byte) error {
	m.head = append(m.head, lines...)
	return m.checker.check(lines)
}

// removed reports whether no recipient may see the field (RFC 5322 §3.6.3, RFC
// 5321 §4.4).
func (f Field) removed() bool { return f.Is("Bcc", "Resent-Bcc", "Return-Path") }
