package repair

import (
	"slices"
	"strings"

	"mailpipe/internal/address"
	"mailpipe/internal/ascii"
	"mailpipe/internal/header"
	"mailpipe/internal/message"
)

// addable are the fields of Options.Missing.
var addable = []string{"From", "Reply-To"}

// rewrites reports whether the options change an address of a header. added has the
// fields that they add, by their names in lower case.
func (o *Options) rewrites(h message.Header) (changed bool, added map[string][]address.Address) {
	for f := range h.Fields() {
		changed = o.rewritesField(f) || changed // Rewrite is called for all of them
	}
	added = map[string][]address.Address{}
	for _, name := range addable {
		f, _ := h.Get(name)
		if o.Missing == nil || text(f, "") != "" {
			continue
		}
		if list := o.Missing(name); list != nil {
			added[strings.ToLower(name)] = list
		}
	}
	return changed || len(added) > 0, added
}

// rewritesField reports whether Rewrite changes a mailbox of a field.
func (o *Options) rewritesField(f message.Field) (changed bool) {
	if o.Rewrite == nil || !header.IsAddresses(f.Name()) {
		return false
	}
	for e := range address.Split(text(f, "")) {
		a, ok := e.Parse()
		changed = ok && o.Rewrite(f.Name(), a) != nil || changed
	}
	return changed
}

// writeAddresses writes a field with addresses, or, if isJoined is true, all fields of
// that name as one. Elements that need no change keep their form.
func (w *walker) writeAddresses(e *entity, f message.Field, isJoined bool) {
	name := f.Name()
	value := text(f, e.charset)
	if isJoined {
		value = e.join(name)
	}
	w.fields.Begin(name)
	var last address.Element
	isOpen := false // a group was begun
	for one := range address.Split(value) {
		w.writeElement(e, name, last, separator(last, &isOpen))
		last = one
	}
	end := strings.TrimSuffix(separator(last, &isOpen), ",")
	if isOpen {
		end = strings.Replace(end, ":", ": ", 1) + ";"
	}
	w.writeElement(e, name, last, end)
	w.fields.End()
}

// separator returns what comes between an element and the next one. isOpen reports
// whether they are in a group (RFC 5322 §3.4). Outside a group, some programs write a
// semicolon in place of a comma, and after one, some forget the comma.
func separator(one address.Element, isOpen *bool) string {
	wasOpen := *isOpen
	switch {
	case one == address.Element{}: // there is none before the first
		return ""
	case one.End == ':':
		*isOpen = true
		return ":"
	case one.End == ';' && wasOpen:
		*isOpen = false
		return ";,"
	}
	return ","
}

// join returns the values of all fields with a name.
func (e *entity) join(name string) string {
	var values []string
	for f := range e.Fields() {
		if f.Is(name) {
			values = append(values, text(f, e.charset))
		}
	}
	return strings.Join(values, ",")
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
	if !slices.ContainsFunc(strings.Fields(one.Text), mustEncode) {
		w.fields.Words(one.Text + spaced(one.Text, end))
		return
	}
	if n := strings.LastIndexByte(one.Text, ' '); !ok && n > 0 { // a name and an address without brackets
		a, ok = address.Element{Text: one.Text[n+1:]}.Parse()
		a.Name, ok = plainText(one.Text[:n]), ok && a.Domain != ""
	}
	if ok && (a.Domain != "" || ascii.OnlyString(a.Local)) {
		w.fields.Mailboxes([]address.Address{a}, end)
		return
	}
	w.fields.Phrase(plainText(one.Text))
	w.fields.Put(spaced("?=", end))
}

// spaced returns what follows an element, after a space if the element ends with an
// encoded word (RFC 2047 §5).
func spaced(element, end string) string {
	if end != "" && strings.HasSuffix(element, "?=") {
		return " " + end
	}
	return end
}
