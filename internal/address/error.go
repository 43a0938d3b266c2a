package address

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"mailpipe/internal/termtext"
)

// An Error describes what is wrong with an address, and where.
type Error struct {
	Input  string // the whole text that was read
	Offset int    // in octets, of the wrong character; len(Input) means at the end
	Reason string // such as "missing @"
}

// Error returns one line: the text around the wrong character, and the reason.
func (e *Error) Error() string {
	text, _ := e.excerpt()
	return fmt.Sprintf(`invalid address "%s": %s`, text, e.Reason)
}

// Caret returns two lines: the text around the wrong character, escaped for a
// terminal, and a caret under that character.
func (e *Error) Caret() string {
	text, column := e.excerpt()
	return text + "\n" + strings.Repeat(" ", column) + "^"
}

// How many characters before and after the wrong one an excerpt shows.
const (
	before = 40
	after  = 30
)

// excerpt returns the text around the wrong character, escaped, and the column
// of that character in it.
func (e *Error) excerpt() (text string, column int) {
	at := min(max(e.Offset, 0), len(e.Input))
	start, end := at, at
	for range before {
		_, n := utf8.DecodeLastRuneInString(e.Input[:start])
		start -= n
	}
	for range after {
		_, n := utf8.DecodeRuneInString(e.Input[end:])
		end += n
	}
	head, tail := termtext.Escape(e.Input[start:at]), termtext.Escape(e.Input[at:end])
	if start > 0 {
		head = "..." + head
	}
	if end < len(e.Input) {
		tail += "..."
	}
	return head + tail, termtext.Columns(head)
}

// describe returns the first character of s as it is written in a reason.
func describe(s string) string {
	r, _ := utf8.DecodeRuneInString(s)
	if r == ' ' {
		return "a space"
	}
	return strconv.QuoteRune(r)
}
