package compose

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// breaks are the line ends before and after the elements that are blocks: 2 leaves a line free.
var breaks = map[string]int{
	"p": 2, "h1": 2, "h2": 2, "h3": 2, "h4": 2, "h5": 2, "h6": 2, "ul": 2, "ol": 2, "dl": 2, "table": 2,
	"blockquote": 2, "pre": 2, "hr": 2, "figure": 2, "fieldset": 2,
	"div": 1, "li": 1, "tr": 1, "dt": 1, "dd": 1, "section": 1, "article": 1, "header": 1, "footer": 1, "main": 1,
	"nav": 1, "aside": 1, "address": 1, "form": 1, "figcaption": 1, "caption": 1, "body": 1, "center": 1, "legend": 1, "option": 1, "details": 1, "summary": 1,
}

// unseen are the elements whose text nobody reads.
var unseen = map[string]bool{"script": true, "style": true, "title": true, "template": true, "noframes": true, "iframe": true, "textarea": true}

// deepest is how many levels of quotations and of lists are shown: more would
// make a text that grows with the square of the HTML.
const deepest = 20

// plainText gathers what HTML says as text.
type plainText struct {
	out     strings.Builder
	breaks  int  // line ends that come before the next word
	blank   bool // a blank does
	line    bool // something stands on this line
	quote   int  // depth of blockquotes
	pre     int
	lists   []int // of the open lists the number of the next item, -1: a dash
	mark    string
	href    string
	linked  strings.Builder // the text of the open link
	linkEnd bool            // the last word was where a link leads
	skip    string
	cells   int // of the open row
	bars    int // that come before the next word, if it stands on this line
}

// htmlToText returns a text version of HTML for readers that show no HTML: its
// words, with paragraphs, lists, tables, quotations and links as one would type them.
func htmlToText(doc []byte) string {
	var t plainText
	for token := range htmlTokens(doc) {
		switch {
		case t.skip != "":
			if token.kind == htmlEnd && token.name == t.skip {
				t.skip = ""
			}
		case token.kind == htmlText:
			t.text(token.text())
		case token.kind == htmlStart, token.kind == htmlEmpty:
			t.start(token)
			if token.kind == htmlStart && unseen[token.name] {
				t.skip = token.name
			}
		case token.kind == htmlEnd:
			t.end(token.name)
		}
	}
	if t.out.Len() == 0 {
		return ""
	}
	return strings.TrimRight(t.out.String(), "\n") + "\n"
}

func (t *plainText) start(token htmlToken) {
	t.brk(breaks[token.name])
	switch token.name {
	case "br":
		t.newline()
	case "hr":
		t.word(strings.Repeat("-", 40))
		t.brk(2)
	case "pre":
		t.pre++
	case "blockquote":
		t.quote++
	case "ul":
		t.lists = append(t.lists, -1)
	case "ol":
		t.lists = append(t.lists, number(token.attribute("start"), 1))
	case "li":
		t.item(token.attribute("value"))
	case "tr":
		t.cells = 0
	case "td", "th":
		if t.cells++; t.cells > 1 && t.line && t.breaks == 0 {
			t.bars++
		}
	case "a":
		t.href = token.attribute("href")
		t.linked.Reset()
	case "img":
		if alt := strings.TrimSpace(token.attribute("alt")); alt != "" {
			t.text("[" + alt + "]")
		}
	}
}

func (t *plainText) end(name string) {
	switch name {
	case "pre":
		t.pre = max(t.pre-1, 0)
	case "blockquote":
		t.brk(2)
		t.quote = max(t.quote-1, 0)
	case "ul", "ol":
		if len(t.lists) > 0 {
			t.lists = t.lists[:len(t.lists)-1]
		}
	case "a":
		t.link()
	}
	t.brk(breaks[name])
}

// link writes where a link leads, unless its text says so.
func (t *plainText) link() {
	href, said := strings.Trim(t.href, blanks), strings.TrimSpace(t.linked.String())
	t.href = ""
	target := href
	switch scheme, rest, _ := strings.Cut(href, ":"); strings.ToLower(scheme) {
	case "http", "https", "ftp":
	case "mailto":
		target, _, _ = strings.Cut(rest, "?") // a subject may follow
	case "tel":
		target = rest
	default:
		return // within the page, or to what only a browser knows
	}
	if target == "" || said == href || said == target {
		return
	}
	if said != "" {
		t.blank = true
	}
	t.word("<" + target + ">")
	t.linkEnd = true
}

func (t *plainText) item(value string) {
	t.mark = "- "
	if n := len(t.lists); n > 0 && t.lists[n-1] >= 0 {
		this := number(value, t.lists[n-1])
		t.mark = fmt.Sprintf("%d. ", this)
		t.lists[n-1] = this + 1
	}
}

// number reads the number of an item of a list.
func number(s string, otherwise int) int {
	if n, err := strconv.ParseUint(s, 10, 31); err == nil {
		return int(n)
	}
	return otherwise
}

// text writes words with one blank for all the white space between them; inside
// pre as they stand.
func (t *plainText) text(s string) {
	if t.href != "" {
		t.linked.WriteString(s)
	}
	if t.pre > 0 {
		if t.breaks > 0 || t.out.Len() == 0 {
			s = strings.TrimPrefix(s, "\n") // behind <pre>; it is none
		}
		for i, line := range strings.Split(s, "\n") {
			if i > 0 {
				t.newline()
			}
			if line = strings.TrimSuffix(line, "\r"); line != "" {
				t.word(line)
			}
		}
		return
	}
	for s != "" {
		n := strings.IndexFunc(s, isHTMLSpace)
		switch n {
		case 0:
			t.blank = true
			s = strings.TrimLeftFunc(s, isHTMLSpace)
			continue
		case -1:
			n = len(s)
		}
		t.word(s[:n])
		s = s[n:]
	}
}

func isHTMLSpace(r rune) bool { return r < utf8.RuneSelf && isBlank(byte(r)) }

// brk ends the line, and leaves the next free where n is 2.
func (t *plainText) brk(n int) {
	if n > 0 {
		t.breaks = max(t.breaks, n)
		t.blank, t.bars = false, 0
	}
}

// newline ends the line even when it is empty.
func (t *plainText) newline() {
	if t.breaks > 0 || !t.line && t.out.Len() == 0 {
		t.flushBreaks()
	}
	if t.out.Len() > 0 {
		t.out.WriteByte('\n')
	}
	t.line, t.blank, t.bars = false, false, 0
}

func (t *plainText) flushBreaks() {
	if t.out.Len() > 0 {
		n := t.breaks
		if !t.line {
			n-- // the line has ended already
		}
		for ; n > 0; n-- {
			t.out.WriteByte('\n')
		}
		if t.breaks > 0 {
			t.line = false
		}
	}
	t.breaks = 0
}

// word writes what is not white space, after what has to come before it.
func (t *plainText) word(s string) {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\u00A0':
			return ' '
		case r == '\u00AD', r == '\u200B', r == '\uFEFF', unicode.IsControl(r) && r != '\t':
			return -1
		}
		return r
	}, s)
	if s == "" {
		return
	}
	t.flushBreaks()
	if !t.line {
		t.out.WriteString(strings.Repeat("> ", min(t.quote, deepest)))
		if t.mark != "" {
			t.out.WriteString(strings.Repeat("  ", min(max(len(t.lists)-1, 0), deepest)) + t.mark)
			t.mark = ""
		} else if len(t.lists) > 0 {
			t.out.WriteString(strings.Repeat("  ", min(len(t.lists), deepest)))
		}
	} else if t.bars > 0 {
		t.out.WriteString(strings.Repeat(" |", t.bars) + " ")
	} else if t.blank || t.linkEnd && beginsWord(s) {
		t.out.WriteByte(' ')
	}
	t.out.WriteString(s)
	t.line, t.blank, t.bars, t.linkEnd = true, false, 0, false
}

// beginsWord tells a word from the sign that ends a sentence.
func beginsWord(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLetter(r) || unicode.IsNumber(r) || r == '['
}
