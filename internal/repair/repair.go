// Package repair turns what programs write as mail into a message that SMTP can
// carry and that readers understand.
//
// A message that SMTP can carry, and whose addresses need no change, stays as it
// is. In any other, octets over 127 in the header are encoded, and so is the
// content of a part that has octets without a correct charset, a bare CR, a NUL
// or a line over 998 octets. What multipart/signed and multipart/encrypted
// contain is never changed.
package repair

import (
	"cmp"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"mailpipe/internal/address"
	"mailpipe/internal/header"
	"mailpipe/internal/message"
	"mailpipe/internal/writebehind"
)

// Options are options of Read. The zero value is for a server that offers
// 8BITMIME and SMTPUTF8, and changes no address.
type Options struct {
	SevenBit    bool // the server does not offer 8BITMIME
	ASCIIHeader bool // the server does not offer SMTPUTF8

	AllowTruncated bool // a multipart without its closing boundary needs no repair
	Once           bool // a field that may occur only once and occurs twice is a reason for a repair

	// Rewrite, if not nil, is called for each mailbox of each address field, in the
	// order of the header, with what address.ParseLocal makes of it: a local name has
	// no Domain, and a comment is the display name of an address that has no other.
	// It returns the mailboxes that take its place; nil means that it stays as it is.
	// It may be called again for the same mailbox, and must give the same result.
	Rewrite func(field string, a address.Address) []address.Address

	// Missing, if not nil, is called after Rewrite for From and Reply-To, if the
	// message lacks them. It returns the mailboxes of the field; nil means that none
	// is added.
	Missing func(field string) []address.Address
}

// A Message is a message that can be sent. The caller must call Close.
type Message struct {
	*message.Message

	// Repairs are short words that say what was repaired, such as "encoded-words" or
	// "charset", each once and in the order of their first use. It is empty if the
	// message is as it was read.
	Repairs []string

	// Cut reports whether a multipart had no end, so that content may be missing.
	Cut bool
}

// Read reads all of r, and repairs it if necessary. An error is a
// *message.Error if the message cannot be repaired, or comes from r or the
// temporary file.
func Read(r io.Reader, opt Options) (*Message, error) {
	in := new(message.Holder)
	_, err := in.ReadFrom(r)
	return read(in, err, opt)
}

// Convert returns the message that source writes, as the options demand. The caller
// must close it.
func Convert(source io.WriterTo, opt Options) (*Message, error) {
	in := new(message.Holder)
	_, err := source.WriteTo(in)
	return read(in, err, opt)
}

// read returns the message in a Holder. err is that of writing to it.
func read(in *message.Holder, err error, opt Options) (*Message, error) {
	if err != nil {
		in.Store.Close()
		return nil, err
	}
	m, err := in.Message(message.Options{AllowTruncated: opt.AllowTruncated})
	if err == nil && !opt.changes(m) {
		return &Message{Message: m}, nil
	}
	defer in.Store.Close()
	if errors.Is(err, message.ErrEmpty) || errors.Is(err, message.ErrSeries) {
		return nil, err
	}
	return repair(in, opt)
}

// changes reports whether a message that deliver accepts needs a repair for the
// server, or for its addresses.
func (o *Options) changes(m *message.Message) bool {
	eightBit, _ := m.EightBit()
	changed := o.SevenBit && eightBit || o.ASCIIHeader && m.UTF8() != ""
	seen := map[string]bool{}
	for f := range m.Header.Fields() {
		key := strings.ToLower(f.Name())
		changed = changed || !utf8.Valid(f.Raw) || o.Once && seen[key]
		seen[key] = header.IsUnique(key)
	}
	if !changed {
		changed, _ = o.rewrites(m.Header)
	}
	return changed
}

// repair returns the message in a Holder, and in its Rest, repaired.
func repair(in *message.Holder, opt Options) (*Message, error) {
	out := new(message.Holder)
	w := &walker{opt: opt, block: make([]byte, blockSize)}
	err := writebehind.Run(&in.Store, func(keep io.Writer) error {
		w.in = newLines(&in.Store, in.Rest, keep)
		err := writebehind.Run(out, w.write)
		return cmp.Or(w.in.failure, err)
	})
	var m *message.Message
	if err == nil {
		m, err = out.Message(message.Options{})
	}
	if err != nil {
		out.Store.Close()
		return nil, err
	}
	return &Message{Message: m, Repairs: w.repairs, Cut: w.cut}, nil
}

// note adds a word to the repairs.
func (w *walker) note(word string) {
	if !slices.Contains(w.repairs, word) {
		w.repairs = append(w.repairs, word)
	}
}
