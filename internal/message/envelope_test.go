package message

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"mailpipe/internal/address"
)

// lines joins the lines of a header.
func lines(s ...string) string { return strings.Join(s, "\n") + "\n" }

func TestEnvelope(t *testing.T) {
	for _, c := range []struct{ name, header, sender, recipients string }{
		{"plain", "From: a@b\nTo: c@d\n", "a@b", "c@d"},
		{
			"all fields in order",
			lines("From: A <a@b>", "Cc: 1@x", "To: 2@x,", " 3@x", "BCC : 4@x", "to: 5@x", "Reply-To: 6@x"),
			"a@b", "1@x 2@x 3@x 4@x 5@x",
		},
		{"Sender", "From: a@b, c@d\nSender: s@b\nTo: x@y\n", "s@b", "x@y"},
		{"an empty Sender", "From: a@b, c@d\nSender:\nTo: x@y\n", "a@b", "x@y"},
		{"each once", "From: a@b\nTo: c@d, c@D, C@d, \"c\"@d\nCc: c@d\n", "a@b", "c@d C@d"},
		{"groups", "From: a@b\nTo: team: c@d, e@f; (c) g@h\nCc: none:;\n", "a@b", "c@d e@f g@h"},
		{"IDN", "From: a@BÜCHER.example\nTo: c@d\n", "a@xn--bcher-kva.example", "c@d"},
		{"names", "From: =?utf-8?q?=3Cevil=40x=3E?= <a@b>\nTo: \"x@y, \" <c@d>\n", "a@b", "c@d"},
		{"Resent", "Resent-From: r@s\nResent-To: t@u\nFrom: a@b\nTo: c@d\n", "r@s", "t@u"},
		{
			"Resent-Sender",
			lines("resent-sender: q@s", "RESENT-from: r@s", "Resent-Cc: t@u", "Resent-Bcc: v@w", "From: a@b", "To: c@d"),
			"q@s", "t@u v@w",
		},
		{
			"only the topmost block",
			lines("Received: x", "Resent-From: r@s", "Resent-To: t@u",
				"Received: y", "Resent-Sender: no@s", "Resent-From: no@s", "Resent-To: no@u",
				"From: a@b", "To: c@d"),
			"r@s", "t@u",
		},
		{
			"adjacent blocks",
			lines("Resent-From: r@s", "Resent-To: t@u", "Resent-From: no@s", "Resent-To: no@u", "From: a@b"),
			"r@s", "t@u",
		},
		{
			"adjacent blocks, To first",
			lines("Resent-To: t@u", "Resent-From: r@s", "Resent-To: no@u", "Resent-From: no@s", "From: a@b"),
			"r@s", "t@u",
		},
		{
			"one Resent-To per recipient",
			lines("Resent-Date: x", "Resent-From: r@s", "Resent-To: t@u", "Resent-To: v@w", "From: a@b"),
			"r@s", "t@u v@w",
		},
		// The recipients of an older block and of the message itself do not get it again.
		{"Resent, without recipients", "Resent-From: r@s\nFrom: a@b\nTo: c@d\n", "r@s", "ErrRecipient"},
		{"Resent, without a sender", "Resent-To: r@s\nFrom: a@b\nTo: c@d\n", "ErrSender", "r@s"},
		{"neither", "Subject: x\n", "ErrSender", "ErrRecipient"},
		{"empty fields", "From:\nTo:\nCc: x:;\n", "ErrSender", "ErrRecipient"},
		{"invalid", "From: root\nTo: a@b, c(\n", "ErrAddress 1 From", "ErrAddress 2 To"},
		{
			"an invalid Sender", "From: a@b\nSender: x\nTo: a@b\nCc: a b@c\n",
			"ErrAddress 2 Sender", "ErrAddress 4 Cc",
		},
		{"control characters", "From: \"a\x01\"@b\nTo: a@b\x7f\n", "ErrAddress 1 From", "ErrAddress 2 To"},
	} {
		m, err := Read(strings.NewReader(c.header+"\n"), Options{})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		sender, err := m.Sender()
		if got := describe(err, sender); got != c.sender {
			t.Errorf("%s: sender %s, want %s", c.name, got, c.sender)
		}
		recipients, err := m.Recipients()
		if got := describe(err, recipients...); got != c.recipients {
			t.Errorf("%s: recipients %s, want %s", c.name, got, c.recipients)
		}
	}
}

func describe(err error, list ...address.Address) string {
	var e *Error
	var a *address.Error
	switch {
	case err == nil:
		var s []string
		for _, a := range list {
			s = append(s, a.Mailbox())
		}
		return strings.Join(s, " ")
	case errors.Is(err, ErrSender):
		return "ErrSender"
	case errors.Is(err, ErrRecipient):
		return "ErrRecipient"
	case errors.Is(err, ErrAddress) && errors.As(err, &e) && errors.As(err, &a):
		return fmt.Sprint("ErrAddress ", e.Line, " ", e.Field)
	}
	return err.Error()
}

func TestManyRecipients(t *testing.T) {
	const n = 20_000
	var b strings.Builder
	b.WriteString("From: a@b\nTo: first@x")
	for i := range n - 1 {
		fmt.Fprintf(&b, ",\n user%d@example.org", i)
	}
	m, err := Read(strings.NewReader(b.String()+"\n\n"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if list, err := m.Recipients(); len(list) != n || err != nil {
		t.Error(len(list), err)
	}
}
