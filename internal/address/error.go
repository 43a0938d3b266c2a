package address

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"mailpipe/internal/termtext"
)

// Error tells what is wrong with an address and where.
type Error struct {
	Input  string // the whole text that was read
	Offset int    // in bytes, of the character that is wrong; len(Input): at its end
	Reason string
}

// Error returns one line: the reason and the text around it.
func (e *Error) Error() string {
	text, _ := e.window()
	return e.Reason + ": " + text
}

// Caret returns the text and, on a second line, a caret under the wrong
// character, both escaped for a terminal. Of a long text it returns what
// stands around the mistake.
func (e *Error) Caret() string {
	text, column := e.window()
	return text + "\n" + strings.Repeat(" ", column) + "^"
}

// before and after are how many characters Error and Caret show on either side.
const (
	before = 40
	after  = 30
)

// window cuts and escapes the text; column is where the mistake stands in it.
func (e *Error) window() (text string, column int) {
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
	head, tail := termtext.Text(e.Input[start:at]), termtext.Text(e.Input[at:end])
	if start > 0 {
		head = "..." + head
	}
	if end < len(e.Input) {
		tail += "..."
	}
	return head + tail, termtext.Columns(head)
}

// quoteChar returns the first character of s for a reason.
func quoteChar(s string) string {
	r, _ := utf8.DecodeRuneInString(s)
	if r == ' ' {
		return "a blank"
	}
	return strconv.QuoteRune(r)
}
