package compose

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Check judges what needs no part to be opened, as Plan does first: it is for
// those who want to know before work that a wrong message would waste. A part
// needs no Open here.
func (m *Message) Check() error {
	if m.From == (Address{}) {
		return invalid("no sender address")
	}
	for _, list := range [][]Address{{m.From}, m.ReplyTo, m.To, m.Cc, m.Bcc} {
		for _, a := range list {
			if err := checkAddress(a); err != nil {
				return err
			}
		}
	}
	if err := checkText("subject", m.Subject); err != nil {
		return err
	}
	if err := m.checkFields(); err != nil {
		return err
	}
	for _, id := range append([]string{m.MessageID, m.InReplyTo}, m.References...) {
		if err := checkID(id); err != nil {
			return err
		}
	}
	if id := trimAngles(m.MessageID); id != "" {
		left, right, found := strings.Cut(id, "@")
		if !found || strings.Contains(right, "@") {
			return invalid("invalid Message-ID %+q: must contain exactly one @", id)
		}
		if left == "" || right == "" {
			return invalid("invalid Message-ID %+q: must not begin or end with @", id)
		}
	}
	year := m.Date.Year()
	if !m.Date.IsZero() && (year < 1900 || year > 9999) {
		return invalid("invalid date: the year %d is not between 1900 and 9999", year)
	}
	if m.Plain && (m.HTML != nil || len(m.Files) > 0) {
		return invalid("a plain message cannot have files or HTML")
	}
	if err := checkToken(m.Boundary); err != nil {
		return err
	}
	return m.checkParts()
}

func (m *Message) checkParts() error {
	if m.Text != nil {
		if err := m.Text.checkText("the text"); err != nil {
			return err
		}
	}
	if m.HTML != nil {
		if err := m.HTML.checkText("the HTML"); err != nil {
			return err
		}
	}
	for i := range m.Files {
		if err := m.Files[i].check(m.Files[i].label(i + 1)); err != nil {
			return err
		}
	}
	return nil
}

// checkText judges a part that is to be text: it is decoded, and then UTF-8.
func (p *Part) checkText(label string) error {
	if p.Charset != "" {
		if _, err := newDecoder(p.Charset, nil); err != nil {
			return fmt.Errorf("%s: %w", label, err)
		}
	}
	if p.Type != "" {
		mediaType, _, err := parseType(p.Type, label)
		if err != nil {
			return err
		}
		if !strings.HasPrefix(mediaType, "text/") {
			return invalid("%s: invalid media type %q: not a type of text", label, p.Type)
		}
	}
	return checkEncoding(p, label)
}

// check judges a file or a picture.
func (p *Part) check(label string) error {
	if _, err := fileName(p.Name, func(Note) {}); err != nil {
		return err
	}
	switch p.Disposition {
	case "", "attachment", "inline":
	default:
		return invalid("%s: unknown disposition %q (known: attachment, inline)", label, p.Disposition)
	}
	if err := checkID(p.ContentID); err != nil {
		return err
	}
	if p.Type != "" {
		if _, _, err := parseType(p.Type, label); err != nil {
			return err
		}
	}
	if p.Charset != "" && !isToken(p.Charset) {
		return invalid("%s: invalid charset %q", label, p.Charset)
	}
	return checkEncoding(p, label)
}

// label names the nth of Files in errors.
func (p *Part) label(n int) string {
	if p.Name == "" {
		return fmt.Sprintf("file %d", n)
	}
	return p.Name
}

func checkAddress(a Address) error {
	if err := checkText(fmt.Sprintf("name %+q", a.Name), a.Name); err != nil {
		return err
	}
	if err := checkText(fmt.Sprintf("address %+q", a.Mailbox()), a.Local); err != nil {
		return err
	}
	if a.Domain == "" || strings.ContainsFunc(a.Domain, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("<>@,;\"()\\", r) }) {
		return invalid("invalid address %+q: invalid domain", a.Mailbox())
	}
	return nil
}

// checkText refuses what a header field cannot carry: controls and what is not
// UTF-8. A line end would begin a field.
func checkText(what, s string) error {
	if !utf8.ValidString(s) {
		return invalid("invalid %s: not UTF-8", what)
	}
	for _, r := range s {
		if unicode.IsControl(r) {
			return invalid("invalid %s: contains the control character U+%04X", what, r)
		}
	}
	return nil
}

// ownFields are written from the fields of a Message.
var ownFields = []string{"From", "To", "Cc", "Bcc", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References"}

// OwnFields returns the names of the header fields that are written from the
// fields of a Message, and that Message.Header therefore must not contain.
func OwnFields() []string { return slices.Clone(ownFields) }

func (m *Message) checkFields() error {
	sender := false
	for _, f := range m.Header {
		what := fmt.Sprintf("header %+q", f.Name)
		if f.Name == "" || len(f.Name) > foldColumns-2 || strings.ContainsFunc(f.Name, func(r rune) bool { return r <= ' ' || r > '~' || r == ':' }) {
			return invalid("%s: invalid field name", what)
		}
		if err := checkText(what, f.Value); err != nil {
			return err
		}
		for _, name := range ownFields {
			if strings.EqualFold(f.Name, name) {
				return invalid("%s: use Message.%s instead", what, strings.ReplaceAll(name, "-", ""))
			}
		}
		n := len("Content-")
		if len(f.Name) >= n && strings.EqualFold(f.Name[:n], "Content-") || strings.EqualFold(f.Name, "MIME-Version") {
			return invalid("%s: Content- fields and MIME-Version cannot be set", what)
		}
		if strings.EqualFold(f.Name, "Sender") {
			if sender {
				return invalid("%s: duplicate field", what) // RFC 5322 §3.6
			}
			sender = true
		}
		if _, err := f.addresses(); err != nil {
			return err
		}
	}
	return nil
}

// checkID judges what stands between the angle brackets of an identification.
func checkID(id string) error {
	bare := trimAngles(id)
	if id != "" && bare == "" || len(bare) > tokenLimit || strings.ContainsFunc(bare, func(r rune) bool { return r <= ' ' || r > '~' || r == '<' || r == '>' }) {
		return invalid("invalid msg-id %+q", id)
	}
	return nil
}

// isBidi tells the characters that turn the direction of what follows, and so
// make a name look like another.
func isBidi(r rune) bool {
	return r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069
}

// fileName returns a part's name without what could deceive or lead out of a folder.
func fileName(name string, note func(Note)) (string, error) {
	if err := checkText(fmt.Sprintf("file name %+q", name), name); err != nil {
		return "", err
	}
	clean := strings.Map(func(r rune) rune {
		if isBidi(r) || r == '\\' {
			return '_'
		}
		return r
	}, name[strings.LastIndexByte(name, '/')+1:])
	if strings.Trim(clean, ". ") == "" { // a folder to readers, or no name
		clean = strings.Repeat("_", len(clean))
	}
	if strings.ContainsFunc(name, isBidi) {
		note(Note{Kind: NoteRenamed, Part: name, Value: clean})
	}
	return clean, nil
}
