package wire

import (
	"strconv"
	"strings"

	"mailpipe/internal/termtext"
)

// A Reply is a reply of the server (RFC 5321 §4.2). The zero value means that
// there was none.
type Reply struct {
	Code     int      // three digits
	Enhanced string   // enhanced status code such as "5.1.1" (RFC 2034); may be empty
	Lines    []string // the texts without code and line ending; untrusted and not escaped
}

// String returns the code and the texts on one line that is safe to show on a
// terminal. It is cut after 2 KiB.
func (r Reply) String() string {
	if r.Code == 0 {
		return ""
	}
	text := strings.TrimSpace(strings.Join(r.Lines, " "))
	return termtext.Line(strings.TrimSpace(strconv.Itoa(r.Code) + " " + text))
}

// QueueID returns the name under which the server keeps the message, or "" if r
// does not say it. Servers write it in different forms: "queued as 4F1"
// (Postfix), "kept as 4F1.eml" (mailpipe sink), "id=1tE-0" (Exim), and the word
// before "Message accepted" (Sendmail, OpenSMTPD).
func (r Reply) QueueID() string {
	if r.class() != 2 || len(r.Lines) == 0 {
		return ""
	}
	words := strings.Fields(r.Lines[len(r.Lines)-1])
	is := func(i int, word string) bool {
		return i >= 0 && i < len(words) && strings.EqualFold(words[i], word)
	}
	for i, word := range words {
		switch {
		case (is(i-2, "queued") || is(i-2, "kept")) && is(i-1, "as"):
			return strings.Trim(word, "<>.,;()")
		case len(word) > len("id=") && strings.EqualFold(word[:len("id=")], "id="):
			return word[len("id="):]
		case is(i+1, "message") && is(i+2, "accepted") && word != r.Enhanced && !is(i, "ok"):
			return strings.TrimRight(word, ":")
		}
	}
	return ""
}

// class returns the first digit of the code, 0 for no reply.
func (r Reply) class() int { return r.Code / 100 }

// requiresLogin reports whether r is about a missing or too weak login (RFC 4954 §6).
func (r Reply) requiresLogin() bool {
	return r.Code == 530 || r.Code == 534 || r.Code == 535 || r.Code == 538
}

// tooBig reports whether r is about the size of the message (RFC 3463 §3.4).
func (r Reply) tooBig() bool { return r.Enhanced == "5.3.4" }

// tooManyRecipients reports whether r, to RCPT, may mean that the transaction has
// enough recipients: 452, or 552 without an enhanced code (RFC 5321 §4.5.3.1.10),
// or x.5.3 (RFC 3463 §3.6).
func (r Reply) tooManyRecipients() bool {
	return r.Code == 452 || r.Code == 552 && r.Enhanced == "" || strings.HasSuffix(r.Enhanced, ".5.3")
}
