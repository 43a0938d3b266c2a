package compose

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"
	"unicode"
)

// withText returns a message with a text and one change.
func withText(change func(*Message)) *Message {
	m := letter()
	m.Text = textPart("x")
	change(m)
	return m
}

func TestRefused(t *testing.T) {
	field := func(name, value string) func(*Message) {
		return func(m *Message) { m.Header = []Field{{name, value}} }
	}
	file := func(change func(*Part)) func(*Message) {
		return func(m *Message) {
			p := Part{Name: "x", Open: func() (io.ReadCloser, error) {
				t.Error("a part was opened")
				return io.NopCloser(strings.NewReader("x")), nil
			}}
			change(&p)
			m.Files = []Part{p}
		}
	}
	for _, c := range []struct {
		want   string
		change func(*Message)
	}{
		{"no sender address", func(m *Message) { m.From = Address{} }},
		{
			`invalid name "a\r\nb": contains the control character U+000D`,
			func(m *Message) { m.To[0].Name = "a\r\nb" },
		},
		{`contains the control character U+000A`, func(m *Message) { m.To[0].Local = "a\nb" }},
		{`invalid address "bob@x>\r\nRCPT": invalid domain`, func(m *Message) { m.To[0].Domain = "x>\r\nRCPT" }},
		{`invalid address "bob@": invalid domain`, func(m *Message) { m.To[0].Domain = "" }},

		{
			"invalid subject: contains the control character U+000D",
			func(m *Message) { m.Subject = "hi\r\nBcc: evil@x" },
		},
		{"invalid subject: contains the control character U+000A", func(m *Message) { m.Subject = "a\nb" }},
		{"invalid subject: contains the control character U+000D", func(m *Message) { m.Subject = "a\rb" }},
		{"invalid subject: contains the control character U+000B", func(m *Message) { m.Subject = "a\vb" }},
		{"invalid subject: contains the control character U+000C", func(m *Message) { m.Subject = "a\fb" }},
		{"invalid subject: contains the control character U+0000", func(m *Message) { m.Subject = "a\x00b" }},
		{"invalid subject: contains the control character U+0085", func(m *Message) { m.Subject = "a\u0085b" }},
		{"invalid subject: not UTF-8", func(m *Message) { m.Subject = "\xFF" }},

		{`header "X-A: b\r\nBcc": invalid field name`, field("X-A: b\r\nBcc", "x")},
		{`header "X A": invalid field name`, field("X A", "x")},
		{`header "": invalid field name`, field("", "x")},
		{`header "X-\u00c9": invalid field name`, field("X-É", "x")},
		{`header "X:": invalid field name`, field("X:", "x")},
		{`invalid header "X-A": contains the control character U+000A`, field("X-A", "a\nb")},
		{
			`header "content-type": Content- fields except Content-Language, and MIME-Version, cannot be set`,
			field("content-type", "x"),
		},
		{`header "Content-": Content- fields`, field("Content-", "x")},
		{`header "Content-X": Content- fields`, field("Content-X", "x")},
		{`header "Content-Languages": Content- fields`, field("Content-Languages", "x")},
		{`header "MIME-Version": Content- fields except Content-Language, and MIME-Version`, field("MIME-Version", "1.0")},
		{`header "bcc": use Message.Bcc instead`, field("bcc", "x")},
		{`header "From": use Message.From instead`, field("From", "x")},
		{`header "DATE": use Message.Date instead`, field("DATE", "x")},
		{`header "Message-Id": use Message.MessageID instead`, field("Message-Id", "x")},
		{`header "Subject": use Message.Subject instead`, field("Subject", "x")},
		{
			`header Sender: duplicate field`,
			func(m *Message) { m.Header = []Field{{"Sender", "a@b"}, {"sender", "a@b"}} },
		},
		{`header "sender": must contain exactly one address`, field("sender", "a@b, c@d")},
		{`header "Resent-Sender": must contain exactly one address`, field("Resent-Sender", "a@b, c@d")},
		{`header "Resent-To": contains no address`, field("Resent-To", "")},
		{`header "Errors-To": invalid address "Zoë": missing @`, field("Errors-To", "Zoë")},

		{`invalid msg-id "a b@c"`, func(m *Message) { m.MessageID = "a b@c" }},
		{`invalid Message-ID "abc": must contain exactly one @`, func(m *Message) { m.MessageID = "abc" }},
		{`invalid Message-ID "a@b@c": must contain exactly one @`, func(m *Message) { m.MessageID = "a@b@c" }},
		{`invalid Message-ID "@b": must not begin or end with @`, func(m *Message) { m.MessageID = "@b" }},
		{`invalid msg-id "<>"`, func(m *Message) { m.MessageID = "<>" }},
		{`invalid msg-id "a>\nb"`, func(m *Message) { m.InReplyTo = "a>\nb" }},
		{`invalid msg-id "c d"`, func(m *Message) { m.References = []string{"a@b", "c d"} }},

		{"invalid character ' ' in boundary (allowed: ", func(m *Message) { m.Boundary = "a b" }},
		{"invalid character ',' in boundary (allowed: ", func(m *Message) { m.Boundary = "a,b" }},
		{
			"boundary too long: 60 characters, the limit is 59",
			func(m *Message) { m.Boundary = strings.Repeat("b", 60) },
		},
		{
			"invalid date: the year 12345 is not between 1900 and 9999",
			func(m *Message) { m.Date = time.Date(12345, 1, 1, 0, 0, 0, 0, time.UTC) },
		},

		{`invalid file name "a\nb": contains the control character U+000A`, file(func(p *Part) { p.Name = "a\nb" })},
		{`invalid file name "a\xff": not UTF-8`, file(func(p *Part) { p.Name = "a\xFF" })},
		{`x: invalid media type "text"`, file(func(p *Part) { p.Type = "text" })},
		{`x: invalid media type "text/x\r\nA: b"`, file(func(p *Part) { p.Type = "text/x\r\nA: b" })},
		{`x: invalid media type "multipart/mixed"`, file(func(p *Part) { p.Type = "multipart/mixed" })},
		{`x: invalid charset "utf 8;"`, file(func(p *Part) { p.Charset = "utf 8;" })},
		{`x: unknown encoding "uuencode" (known: 7bit, 8bit, `, file(func(p *Part) { p.Encoding = "uuencode" })},
		{`x: unknown disposition "form-data" (known: `, file(func(p *Part) { p.Disposition = "form-data" })},
		{`x: Content-ID: invalid msg-id "a b"`, file(func(p *Part) { p.ContentID = "a b" })},

		{`the text: unsupported charset "utf8_ucs2"`, func(m *Message) { m.Text.Charset = "utf8_ucs2" }},
		{`the text: unsupported charset "klingon"`, func(m *Message) { m.Text.Charset = "klingon" }},
		{
			`the text: invalid media type "image/png": not a type of text`,
			func(m *Message) { m.Text.Type = "image/png" },
		},
		{"a plain message cannot have files or HTML", func(m *Message) { m.Plain = true; m.HTML = textPart("x") }},
		{
			"a plain message cannot have files or HTML",
			func(m *Message) { m.Plain = true; m.Files = []Part{part("x", "")} },
		},
	} {
		t.Run(c.want, func(t *testing.T) {
			m := withText(c.change)
			wantError(t, m, ErrArgument, c.want)
			err := m.Check()
			if !errors.Is(err, ErrArgument) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Check returned %v, want %q", err, c.want)
			}
			isUnsafe := func(r rune) bool { return !unicode.IsPrint(r) }
			if strings.ContainsFunc(err.Error(), isUnsafe) {
				t.Errorf("%q is not safe for a terminal", err)
			}
		})
	}
}

// What only the content shows is not an error of Check.
func TestRefusedForItsContent(t *testing.T) {
	for _, c := range []struct {
		want   string
		kind   error
		change func(*Message)
	}{
		{"x: cannot be sent as 7bit: it contains octets over 127", ErrArgument, func(m *Message) {
			m.Files = []Part{part("x", "é")}
			m.Files[0].Encoding = "7bit"
		}},
		{"the text: cannot be sent as 7bit: it contains octets over 127", ErrArgument, func(m *Message) {
			m.Text = textPart("é")
			m.Text.Encoding = "7bit"
		}},
		{"the text: cannot be sent as 8bit: it has a line of more than 998 octets", ErrArgument, func(m *Message) {
			m.Text = textPart(strings.Repeat("é", 500))
			m.Text.Encoding = "8bit"
		}},
		{"no text and no attachment", ErrEmpty, func(m *Message) { m.Text = nil }},
		{"text too large for a plain message: the limit is 1048576 octets", ErrTooBig, func(m *Message) {
			m.Plain = true
			m.Text = textPart(strings.Repeat("x\n", maxHold))
		}},
		{"header too large: ", ErrTooBig, func(m *Message) {
			m.Header = []Field{{"X", strings.Repeat("x ", maxHeader)}}
		}},
	} {
		t.Run(c.want, func(t *testing.T) {
			m := withText(c.change)
			if err := m.Check(); err != nil {
				t.Errorf("Check returned %v", err)
			}
			wantError(t, m, c.kind, c.want)
		})
	}
}
