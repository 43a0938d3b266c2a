package detect

import (
	"bytes"
	"regexp"
	"sync"
)

var (
	fieldLine = lazyRegexp(`^[!-9;-~]+[ \t]*:`) // RFC 5322 §2.2
	// RFC 4155 appendix A
	fromLine = lazyRegexp(`^From \S.* (Mon|Tue|Wed|Thu|Fri|Sat|Sun) ` +
		`(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ 0-9]\d? \d\d:\d\d`)
	gitLine = lazyRegexp(`^From [0-9a-f]{40,64} Mon Sep 17 00:00:00 2001`) // git-format-patch(1)
)

// lazyRegexp returns a function that compiles the expression when it is called
// first.
func lazyRegexp(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}

// byMail recognizes mailboxes and git's patches, and a mail if its file name says
// so: a text may begin like a header.
func byMail(s *sample) (mediaType, why string) {
	first, rest, _ := bytes.Cut(s.text.body, []byte("\n"))
	isFrom := bytes.HasPrefix(first, []byte("From "))
	named := s.plainName()
	switch {
	case s.ext == "eml" && isFrom && isHeader(rest),
		s.ext == "eml" && isHeader(s.text.body):
		return "message/rfc822", "header and file name"
	case s.ext == "eml", named != "" && named != textType:
		return "", ""
	case bytes.HasPrefix(first, []byte("diff --git ")):
		return "text/x-diff", "begins with diff --git"
	case s.ext == "mbox" && isFrom && fieldLine().Match(rest):
		return "application/mbox", "From line and file name"
	case gitLine().Match(first): // like a From line
		return "text/x-diff", "patch of git"
	case fromLine().Match(first) && isHeader(rest):
		return "application/mbox", "From line and header"
	}
	return "", ""
}

// isHeader reports whether b begins with header fields, up to an empty line or to
// the end of b. The last field may be cut off there.
func isHeader(b []byte) bool {
	if !fieldLine().Match(b) {
		return false
	}
	for line := range bytes.Lines(b) {
		text, isComplete := bytes.CutSuffix(line, []byte("\n"))
		text = bytes.TrimSuffix(text, []byte("\r"))
		if len(text) == 0 || !isComplete {
			return true
		}
		isFolded := text[0] == ' ' || text[0] == '\t'
		if !isFolded && !fieldLine().Match(text) {
			return false
		}
	}
	return true
}
