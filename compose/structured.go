package compose

import (
	"strings"

	"mailpipe/internal/address"
)

// addresses writes a field with an address list (RFC 5322 §3.4), unless the
// list is empty.
func (h *headerWriter) addresses(name string, list []Address) {
	if len(list) == 0 {
		return
	}
	h.begin(name)
	for i, a := range list {
		mailbox := a.Mailbox()
		if a.Name != "" {
			h.phrase(a.Name)
			mailbox = "<" + mailbox + ">"
		}
		if i < len(list)-1 {
			mailbox += ","
		}
		h.put(" " + mailbox)
	}
	h.end()
}

// phrase writes a display name: atoms, a quoted string or encoded words.
func (h *headerWriter) phrase(name string) {
	quoted := address.Quote(name)
	switch {
	case needsEncoding(name, foldColumns), len(quoted) > foldColumns-2:
		h.encoded(name)
	case isAtoms(name):
		for word := range strings.SplitSeq(name, " ") {
			h.put(" " + word)
		}
	default:
		h.put(" " + quoted)
	}
}

// isAtoms reports whether s is atoms with one space between them (RFC 5322
// §3.2.3).
func isAtoms(s string) bool {
	notInAtom := func(r rune) bool { return !isAlnum(r) && !strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", r) }
	for word := range strings.SplitSeq(s, " ") {
		if word == "" || strings.ContainsFunc(word, notInAtom) {
			return false
		}
	}
	return true
}

// msgIDs writes a field of msg-ids (RFC 5322 §3.6.4), unless there are none. The
// first one is on the line of the field name, however long it is: some readers
// treat a space before it as a part of it.
func (h *headerWriter) msgIDs(name string, ids ...string) {
	if len(ids) == 0 {
		return
	}
	h.begin(name)
	h.buf = append(h.buf, " <"+trimAngles(ids[0])+">"...)
	for _, id := range ids[1:] {
		h.put(" <" + trimAngles(id) + ">")
	}
	h.end()
}

// field writes a field of Message.Header, which was checked.
func (h *headerWriter) field(f Field) {
	list, err := f.addresses()
	if err == nil && list != nil {
		h.addresses(f.Name, list)
		return
	}
	if f.isUnstructured() {
		h.text(f.Name, strings.Trim(f.Value, " "), tokenLimit)
		return
	}
	h.structured(f)
}
