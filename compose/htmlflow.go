package compose

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"mailpipe/internal/htmlref"
)

// maxDepth is the number of levels of quotations and of lists that are shown:
// with more, the text could grow with the square of the HTML.
const maxDepth = 20

// A flow arranges words in lines. It joins words by single spaces, does not wrap
// lines, and begins a new line only after breakLine.
type flow struct {
	out      strings.Builder
	breaks   int  // line breaks before the next word; 2 leaves an empty line
	space    bool // a space comes before the next word
	inLine   bool // the current line is not empty
	afterURL bool // the last word is the target of a link

	quotes int
	lists  []int  // for each open list the number of its next item, or bullets
	marker string // of a list item that has no word yet
}

// text returns the lines. The last one ends with LF; an empty text has none.
func (f *flow) text() string {
	if f.out.Len() == 0 {
		return ""
	}
	return strings.TrimRight(f.out.String(), "\n") + "\n"
}

// words writes words with one space for all the whitespace between them.
func (f *flow) words(s string) {
	for s != "" {
		n := strings.IndexAny(s, htmlref.Space)
		if n < 0 {
			n = len(s)
		}
		f.word(s[:n])
		if n < len(s) {
			f.space = true
		}
		s = strings.TrimLeft(s[n:], htmlref.Space)
	}
}

// word writes s as it is, except for characters that are not printed. Before it
// writes what is due: line breaks, the marks of quotations and lists, a space.
func (f *flow) word(s string) {
	s = strings.Map(printable, s)
	if s == "" {
		return
	}
	f.flushBreaks()
	if !f.inLine {
		f.out.WriteString(f.prefix())
	} else if f.space || f.afterURL && beginsWord(s) {
		f.out.WriteByte(' ')
	}
	f.out.WriteString(s)
	f.inLine, f.space, f.afterURL, f.marker = true, false, false, ""
}

// printable maps a no-break space to a space, and deletes control characters
// and invisible ones.
func printable(r rune) rune {
	switch {
	case r == '\u00A0':
		return ' '
	case r == '\u00AD', r == '\u200B', r == '\uFEFF', unicode.IsControl(r) && r != '\t':
		return -1
	}
	return r
}

// prefix returns what a line begins with.
func (f *flow) prefix() string {
	depth := len(f.lists)
	if f.marker != "" {
		depth-- // the marker takes the place of the last indent
	}
	indent := strings.Repeat("  ", min(max(depth, 0), maxDepth))
	return strings.Repeat("> ", min(f.quotes, maxDepth)) + indent + f.marker
}

// beginsWord reports whether s begins with a letter or digit, and not with a
// punctuation mark that belongs to the word before.
func beginsWord(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLetter(r) || unicode.IsNumber(r) || r == '['
}

// breakLine makes the next word begin a new line, after at least n line breaks.
func (f *flow) breakLine(n int) {
	if n > 0 {
		f.breaks = max(f.breaks, n)
		f.space = false
	}
}

// newline ends the current line, even an empty one.
func (f *flow) newline() {
	f.flushBreaks()
	if f.out.Len() > 0 {
		f.out.WriteByte('\n')
	}
	f.inLine, f.space = false, false
}

// flushBreaks writes the line breaks that are due. There are none at the
// beginning, and one less if the line has ended already.
func (f *flow) flushBreaks() {
	n := f.breaks
	f.breaks = 0
	if n == 0 || f.out.Len() == 0 {
		return
	}
	if !f.inLine {
		n--
	}
	f.out.WriteString(strings.Repeat("\n", n))
	f.inLine = false
}
