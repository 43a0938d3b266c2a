package detect

import (
	"bytes"
	"regexp"
	"sync"
)

// Patterns of mail's lines, compiled when the first one is needed.
var (
	fieldLine = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^[!-9;-~]+[ \t]*:`) // RFC 5322 §2.2
	})
	fromLine = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^From \S.* (Mon|Tue|Wed|Thu|Fri|Sat|Sun) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ 0-9]\d? \d\d:\d\d`) // RFC 4155
	})
	gitLine = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^From [0-9a-f]{40,64} Mon Sep 17 00:00:00 2001`)
	})
)

// byMail tells a mail under its own name, a mailbox and git's patches.
func byMail(s *sample, t text) (mediaType, why string) {
	first, rest, _ := bytes.Cut(t.body, []byte("\n"))
	switch {
	case s.ext == "eml":
		if bytes.HasPrefix(first, []byte("From ")) {
			first, rest, _ = bytes.Cut(rest, []byte("\n"))
		}
		if fieldLine().Match(first) && isHeader(rest) {
			return "message/rfc822", "it is a mail, and named so"
		}
	case s.plainName() != "" && s.plainName() != textType: // a name that says more
	case bytes.HasPrefix(first, []byte("diff --git ")):
		return "text/x-diff", "it begins diff --git"
	case bytes.HasPrefix(first, []byte("From ")):
		switch {
		case s.ext == "mbox" && fieldLine().Match(rest):
			return "application/mbox", "it begins From, and is named so"
		case gitLine().Match(first): // no mailbox, though it has the form
			return "text/x-diff", "it is a patch made by git"
		case fromLine().Match(first) && fieldLine().Match(rest) && isHeader(rest):
			return "application/mbox", "it begins with a From line and a header"
		}
	}
	return "", ""
}

// isHeader reports whether the lines up to the first empty one, or to the end, are a header's.
func isHeader(b []byte) bool {
	for lines := 0; len(b) > 0; lines++ {
		line, rest, complete := bytes.Cut(b, []byte("\n"))
		line = bytes.TrimSuffix(line, []byte("\r"))
		switch {
		case len(line) == 0:
			return true
		case !complete && lines > 0: // cut off
			return true
		case line[0] == ' ' || line[0] == '\t' || fieldLine().Match(line):
		default:
			return false
		}
		b = rest
	}
	return true
}
