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
	value := text(f, e.charset)
	if isJoined {
		value = strings.Join(e.values(f.Name()), ",")
	}
	w.fields.Begin(f.Name())
	for one := range address.Split(value) {
		w.writeElement(e, f.Name(), one)
	}
	w.fields.End()
}

// values returns the values of all fields with a name.
func (e *entity) values(name string) (all []string) {
	for f := range e.Fields() {
		if f.Is(name) {
			all = append(all, text(f, e.charset))
		}
	}
	return all
}

// writeElement writes an element of an address list, and what follows it.
func (w *walker) writeElement(e *entity, field string, one address.Element) {
	a, ok := one.Parse()
	if ok && e.isTop && w.opt.Rewrite != nil {
		if list := w.opt.Rewrite(field, a); list != nil {
			w.note("addresses")
			w.fields.Mailboxes(list, one.End)
			return
		}
	}
	isPlain := !slices.ContainsFunc(strings.Fields(one.Text), mustEncode)
	if n := strings.LastIndexByte(one.Text, ' '); !isPlain && !ok && n > 0 { // a name and an address without brackets
		a, ok = address.Element{Text: one.Text[n+1:]}.Parse()
		a.Name, ok = plainText(one.Text[:n]), ok && a.Domain != ""
	}
	switch {
	case isPlain && strings.HasSuffix(one.Text, "?=") && one.End != "": // an encoded word (RFC 2047 §5)
		w.fields.Words(one.Text + " " + one.End)
	case isPlain:
		w.fields.Words(one.Text + one.End)
	case ok && (a.Domain != "" || ascii.OnlyString(a.Local)):
		w.fields.Mailboxes([]address.Address{a}, one.End)
	default:
		w.fields.Phrase(plainText(one.Text))
		w.fields.Words(one.End)
	}
}
