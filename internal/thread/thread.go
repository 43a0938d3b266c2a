// Package thread makes the header fields of a reply from the header of the
// message that it replies to, its parent (RFC 5322 §3.6.4).
package thread

import (
	"fmt"
	"strings"
	"unicode"

	"mailpipe/internal/address"
	"mailpipe/internal/message"
)

// Subject returns the decoded subject of the parent with one "Re: " before it.
func Subject(parent message.Header) string {
	subject := strings.TrimSpace(printable(parent.Subject()))
	if len(subject) >= 3 && strings.EqualFold(subject[:3], "re:") {
		return subject
	}
	return strings.TrimSpace("Re: " + subject)
}

// Recipients returns the addresses that a reply goes to: those of Reply-To, or
// else of From. It returns none if the parent has none.
func Recipients(parent message.Header) ([]address.Address, error) {
	for _, name := range []string{"Reply-To", "From"} {
		list, err := address.ParseHeader(parent.Value(name))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for i := range list {
			list[i].Name = printable(list[i].Name)
		}
		if len(list) > 0 { // a group may be empty
			return list, nil
		}
	}
	return nil, nil
}

// InReplyTo returns the msg-id of the parent without angle brackets, or "".
func InReplyTo(parent message.Header) string {
	return last(msgIDs(parent.Value("Message-ID")))
}

// References returns the msg-ids of the thread without angle brackets: those
// that the parent refers to, and the parent's own.
func References(parent message.Header) []string {
	list := msgIDs(parent.Value("References"))
	if len(list) == 0 {
		if id := last(msgIDs(parent.Value("In-Reply-To"))); id != "" {
			list = append(list, id)
		}
	}
	if id := InReplyTo(parent); id != "" {
		list = append(list, id)
	}
	return list
}

func last(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[len(list)-1]
}

// maxMsgID leaves room for the name of the field on a line of 998 octets (RFC 5322 §2.1.1).
const maxMsgID = 900

// msgIDs returns the msg-ids in the value of a field, without angle brackets.
// It skips comments, and msg-ids that a header of compose cannot contain.
func msgIDs(value string) []string {
	var list []string
	delimiters := "<("
	for {
		at := strings.IndexAny(value, delimiters)
		if at < 0 {
			return list
		}
		if value[at] == '(' {
			end, closed := address.SkipCFWS(value, at)
			if !closed { // not a comment, so no parenthesis after it begins one
				delimiters, end = "<", at
			}
			value = value[end:]
			continue
		}
		value = value[at+1:]
		end := strings.IndexAny(value, "<>")
		if end <= 0 || value[end] == '<' {
			continue
		}
		id := value[:end]
		value = value[end:]
		if len(id) <= maxMsgID && !strings.ContainsFunc(id, notVisible) {
			list = append(list, id)
		}
	}
}

// notVisible reports whether r is not a visible ASCII character.
func notVisible(r rune) bool { return r <= ' ' || r > '~' }

// printable returns s without what a header of compose cannot contain.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}
