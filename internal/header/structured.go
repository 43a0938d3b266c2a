package header

import (
	"strings"

	"mailpipe/internal/address"
	"mailpipe/internal/ascii"
)

// Addresses writes a field with an address list (RFC 5322 §3.4), unless the
// list is empty.
func (h *Writer) Addresses(name string, list []address.Address) {
	if len(list) == 0 {
		return
	}
	h.Begin(name)
	h.Mailboxes(list, "")
	h.End()
}

// Mailboxes writes mailboxes, and what follows the last of them.
func (h *Writer) Mailboxes(list []address.Address, end string) {
	for i, a := range list {
		mailbox := a.Mailbox()
		if a.Name != "" {
			h.Phrase(a.Name)
			mailbox = "<" + mailbox + ">"
		}
		if i < len(list)-1 {
			mailbox += ","
		} else {
			mailbox += end
		}
		h.Put(" " + mailbox)
	}
}

// Phrase writes a display name: atoms, a quoted string or encoded words.
func (h *Writer) Phrase(name string) {
	quoted := address.Quote(name)
	switch {
	case needsEncoding(name, FoldColumns), len(quoted) > FoldColumns-2:
		h.encoded(name)
	case isAtoms(name):
		for word := range strings.SplitSeq(name, " ") {
			h.Put(" " + word)
		}
	default:
		h.Put(" " + quoted)
	}
}

// isAtoms reports whether s is atoms with one space between them (RFC 5322
// §3.2.3).
func isAtoms(s string) bool {
	notInAtom := func(r rune) bool { return !ascii.IsAlnum(r) && !strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", r) }
	for word := range strings.SplitSeq(s, " ") {
		if word == "" || strings.ContainsFunc(word, notInAtom) {
			return false
		}
	}
	return true
}

// MessageIDs writes a field of msg-ids (RFC 5322 §3.6.4), unless there are none. The
// first one is on the line of the field name, however long it is: some readers
// treat a space before it as a part of it.
func (h *Writer) MessageIDs(name string, ids ...string) {
	if len(ids) == 0 {
		return
	}
	h.Begin(name)
	h.buf = append(h.buf, " "+ids[0]...)
	for _, id := range ids[1:] {
		h.Put(" " + id)
	}
	h.End()
}

// Words writes a value that is read by programs, folded at the spaces in it.
func (h *Writer) Words(value string) {
	for space := " "; value != ""; space = "" {
		n := WordLen(value)
		h.Put(space + value[:n])
		value = value[n:]
	}
}
