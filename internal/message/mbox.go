package message

import (
	"bufio"
	"bytes"
	"io"
)

// MboxLine returns the length of the line that precedes a message in an mbox,
// or 0 if p does not begin with one. ("From : a@b" is a header field.)
func MboxLine(p []byte) int {
	rest, ok := bytes.CutPrefix(p, []byte("From "))
	if !ok || bytes.HasPrefix(bytes.TrimLeft(rest, " \t"), []byte(":")) {
		return 0
	}
	return bytes.IndexByte(p, '\n') + 1
}

// CheckSeries returns an error if r, which begins with an mbox line, has several
// messages. It looks only at the beginning of a long line.
func CheckSeries(r io.Reader) error {
	in := bufio.NewReaderSize(r, 64<<10)
	m := mbox{}
	for number := 1; ; number++ {
		line, isPrefix, err := in.ReadLine()
		for isPrefix && err == nil {
			_, isPrefix, err = in.ReadLine()
		}
		switch {
		case err == io.EOF:
			return m.end()
		case err != nil:
			return err
		}
		if err := m.next(number, line); err != nil {
			return err
		}
	}
}

// An mbox finds the second message in input that began with an mbox line. It
// begins after an empty line, with an mbox line and a header field. Without the
// field, such a line may be part of a text.
type mbox struct {
	afterEmpty bool // the line before was empty
	separator  int  // number of the line before, if it can begin a message; else 0
}

// next reads the next line, without its line ending.
func (m *mbox) next(number int, text []byte) error {
	if m.separator > 0 && FieldName(text) != "" {
		return m.secondMessage()
	}
	m.separator = 0
	if m.afterEmpty && IsSeparator(text) {
		m.separator = number
	}
	m.afterEmpty = len(text) == 0
	return nil
}

// end checks the end of the input. If the last line is a separator, the second
// message was cut off.
func (m *mbox) end() error {
	if m.separator > 0 {
		return m.secondMessage()
	}
	return nil
}

func (m *mbox) secondMessage() error {
	return &Error{Kind: ErrSeries, Line: m.separator, Why: "another message begins"}
}

// IsSeparator reports whether a line is an mbox line: "From ", a sender, and a
// date such as "Thu Jan  1 12:34:56 2026" (RFC 4155), as git format-patch writes
// it too.
func IsSeparator(line []byte) bool {
	rest, ok := bytes.CutPrefix(line, []byte("From "))
	if !ok {
		return false
	}
	words := bytes.Fields(rest)
	for len(words) >= 4 {
		if isOneOf(words[0], weekdays) && isOneOf(words[1], months) && isDay(words[2]) && isTime(words[3]) {
			return true
		}
		words = words[1:]
	}
	return false
}

const (
	weekdays = "Mon Tue Wed Thu Fri Sat Sun"
	months   = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
)

// isOneOf reports whether word is one of the words of list, which have three letters.
func isOneOf(word []byte, list string) bool {
	return len(word) == 3 && bytes.Contains([]byte(list), word)
}

func isDay(word []byte) bool {
	return len(word) <= 2 && isDigits(word)
}

// isTime reports whether word is hh:mm or hh:mm:ss.
func isTime(word []byte) bool {
	parts := bytes.Split(word, []byte(":"))
	if len(parts) < 2 || len(parts) > 3 {
		return false
	}
	for _, part := range parts {
		if len(part) == 0 || len(part) > 2 || !isDigits(part) {
			return false
		}
	}
	return true
}

func isDigits(word []byte) bool {
	return len(bytes.Trim(word, "0123456789")) == 0
}
