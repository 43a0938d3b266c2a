package compose

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"mailpipe/internal/header"
)

// Check checks everything that Plan can check without opening a part. It is for
// a caller that looks for mistakes before it makes the parts: their Open may be
// nil. An error is ErrArgument.
func (m *Message) Check() error {
	return cmp.Or(
		m.checkAddresses(),
		checkText("subject", m.Subject),
		m.checkHeader(),
		m.checkMsgIDs(),
		m.checkDate(),
		checkToken(m.Boundary),
		m.checkParts(),
	)
}

// addressLists returns all addresses of the message.
func (m *Message) addressLists() [][]Address {
	return [][]Address{{m.From}, m.ReplyTo, m.To, m.Cc, m.Bcc}
}

func (m *Message) checkAddresses() error {
	if m.From == (Address{}) {
		return invalid("no sender address")
	}
	for _, list := range m.addressLists() {
		for _, a := range list {
			if err := checkAddress(a); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkAddress(a Address) error {
	mailbox := a.Mailbox()
	if err := checkText(fmt.Sprintf("name %+q", a.Name), a.Name); err != nil {
		return err
	}
	if err := checkText(fmt.Sprintf("address %+q", mailbox), a.Local); err != nil {
		return err
	}
	notInDomain := func(r rune) bool {
		return r <= ' ' || r > '~' || strings.ContainsRune("<>@,;\"()\\", r)
	}
	if a.Domain == "" || strings.ContainsFunc(a.Domain, notInDomain) {
		return invalid("invalid address %+q: invalid domain", a.Local+"@"+a.Domain)
	}
	return nil
}

// checkText checks what goes into a header field. A control character is
// refused, because a line ending would begin a new field.
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

func (m *Message) checkMsgIDs() error {
	for _, id := range append([]string{m.MessageID, m.InReplyTo}, m.References...) {
		if err := checkMsgID(id); err != nil {
			return err
		}
	}
	id := trimAngles(m.MessageID)
	left, right, _ := strings.Cut(id, "@")
	switch {
	case id == "":
		return nil
	case strings.Count(id, "@") != 1:
		return invalid("invalid Message-ID %+q: must contain exactly one @", id)
	case left == "" || right == "":
		return invalid("invalid Message-ID %+q: must not begin or end with @", id)
	}
	return nil
}

// checkMsgID checks a msg-id (RFC 5322 §3.6.4). It allows what other programs
// have made, and refuses only what a field cannot carry.
func checkMsgID(id string) error {
	bare := trimAngles(id)
	notInMsgID := func(r rune) bool { return r <= ' ' || r > '~' || r == '<' || r == '>' }
	if id != "" && bare == "" || len(bare) > header.TokenLimit || strings.ContainsFunc(bare, notInMsgID) {
		return invalid("invalid msg-id %+q", id)
	}
	return nil
}

// inAngles returns a msg-id, which may be in angle brackets already, in them.
func inAngles(id string) string { return "<" + trimAngles(id) + ">" }

func trimAngles(id string) string {
	if strings.HasPrefix(id, "<") && strings.HasSuffix(id, ">") {
		return id[1 : len(id)-1]
	}
	return id
}

func (m *Message) checkDate() error {
	year := m.Date.Year()
	if !m.Date.IsZero() && (year < 1900 || year > 9999) {
		return invalid("invalid date: the year %d is not between 1900 and 9999", year)
	}
	return nil
}

func (m *Message) checkParts() error {
	if m.Plain && (m.HTML != nil || len(m.Files) > 0) {
		return invalid("a plain message cannot have files or HTML")
	}
	if m.Report != "" && (m.Plain || m.Text == nil || !isToken(m.Report)) {
		return invalid("a report must have a text, and a token as its report-type")
	}
	if err := m.Text.checkAsText("the text"); err != nil {
		return err
	}
	if err := m.HTML.checkAsText("the HTML"); err != nil {
		return err
	}
	for i := range m.Files {
		file := &m.Files[i]
		if err := file.checkAsFile(file.label(i + 1)); err != nil {
			return err
		}
	}
	return nil
}

// checkAsText checks a part that is converted to UTF-8. It may be nil.
func (p *Part) checkAsText(label string) error {
	if p == nil {
		return nil
	}
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
	return p.checkEncoding(label)
}

// checkAsFile checks a part whose octets are not changed.
func (p *Part) checkAsFile(label string) error {
	if err := checkText(fmt.Sprintf("file name %+q", p.Name), p.Name); err != nil {
		return err
	}
	if !slices.Contains([]string{"", "attachment", "inline"}, p.Disposition) {
		return invalid("%s: unknown disposition %q (known: attachment, inline)", label, p.Disposition)
	}
	if err := checkMsgID(p.ContentID); err != nil {
		return fmt.Errorf("%s: Content-ID: %w", label, err)
	}
	if p.Type != "" {
		if _, _, err := parseType(p.Type, label); err != nil {
			return err
		}
	}
	if p.Charset != "" && !isToken(p.Charset) {
		return invalid("%s: invalid charset %q", label, p.Charset)
	}
	return p.checkEncoding(label)
}

func (p *Part) checkEncoding(label string) error {
	if p.Encoding != "" && !slices.Contains(encodings, p.Encoding) {
		return invalid("%s: unknown encoding %q (known: %s)", label, p.Encoding, strings.Join(encodings, ", "))
	}
	return nil
}

// label names the nth of Message.Files in errors.
func (p *Part) label(n int) string {
	if p.Name == "" {
		return fmt.Sprintf("file %d", n)
	}
	return p.Name
}
