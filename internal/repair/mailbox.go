package repair

import (
	"slices"
	"strings"

	"mailpipe/internal/address"
	"mailpipe/internal/ascii"
	"mailpipe/internal/header"
)

// rewrites reports whether Rewrite changes a mailbox of a field.
func (h *head) rewrites(f field, opt *Options) bool {
	if opt.Rewrite == nil || !header.IsAddresses(h.name(f)) {
		return false
	}
	for _, e := range address.Split(spaces(toUTF8(h.value(f), ""))) {
		if a, ok := e.Parse(); ok && opt.Rewrite(h.name(f), a) != nil {
			return true
		}
	}
	return false
}

// rewritten reports whether the options change an address of the header or add one.
func (h *head) rewritten(opt *Options) bool {
	changed := false
	for _, f := range h.fields {
		changed = h.rewrites(f, opt) || changed // Rewrite is called for all of them
	}
	return changed || h.missing("From", opt) != nil || h.missing("Reply-To", opt) != nil
}

// missing returns the mailboxes of a field that the header lacks, or nil.
func (h *head) missing(name string, opt *Options) []address.Address {
	if value, _ := h.get(name); value != "" || opt.Missing == nil {
		return nil
	}
	return opt.Missing(name)
}

// writeAddresses writes a field with addresses, joined with the fields of the same
// name in rest, if its kind is. Elements that need no change keep their form.
func (w *walker) writeAddresses(e *entity, f field, rest []field) {
	name := e.name(f)
	value := []byte(e.value(f))
	if slices.Contains(joined, strings.ToLower(name)) {
		for _, other := range rest {
			if e.is(other, name) {
				value = append(append(value, ','), e.value(other)...)
			}
		}
	}
	list := address.Split(spaces(toUTF8(string(value), e.charset)))
	w.fields.Begin(name)
	for i, one := range list {
		end := string(one.End)
		if isLast := i == len(list)-1; one.End == 0 || one.End == ',' && isLast {
			end = ""
		}
		w.writeElement(e, name, one, end)
	}
	w.fields.End()
}

// writeElement writes an element of an address list, and what follows it.
func (w *walker) writeElement(e *entity, field string, one address.Element, end string) {
	a, ok := one.Parse()
	if ok && e.isTop && w.opt.Rewrite != nil {
		if list := w.opt.Rewrite(field, a); list != nil {
			w.note("addresses")
			w.fields.Mailboxes(list, end)
			return
		}
	}
	isLocal := a.Domain == "" && !ascii.OnlyString(a.Local)
	switch {
	case ascii.OnlyString(one.Text) && !hasLongWord(one.Text):
		w.fields.Words(one.Text + end)
	case ok && !isLocal:
		w.fields.Mailboxes([]address.Address{a}, end)
	default:
		w.fields.Phrase(plainText(one.Text, e.charset))
		w.fields.Put(end)
	}
}

// hasLongWord reports whether text cannot be folded.
func hasLongWord(s string) bool {
	for s != "" {
		n := header.WordLen(s)
		if n > header.TokenLimit {
			return true
		}
		s = s[n:]
	}
	return false
}
