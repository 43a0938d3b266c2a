package message

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"mailpipe/internal/address"
)

func TestEnvelope(t *testing.T) {
	for _, c := range []struct{ name, header, sender, recipients string }{
		{"plain", "From: a@b\nTo: c@d\n", "a@b", "c@d"},
		{"all fields in order", "From: A <a@b>\nCc: 1@x\nTo: 2@x,\n 3@x\nBCC : 4@x\nto: 5@x\nReply-To: 6@x\n", "a@b", "1@x 2@x 3@x 4@x 5@x"},
		{"Sender", "From: a@b, c@d\nSender: s@b\nTo: x@y\n", "s@b", "x@y"},
		{"an empty Sender", "From: a@b, c@d\nSender:\nTo: x@y\n", "a@b", "x@y"},
		{"each once", "From: a@b\nTo: c@d, c@D, C@d, \"c\"@d\nCc: c@d\n", "a@b", "c@d C@d"},
		{"groups", "From: a@b\nTo: team: c@d, e@f; (c) g@h\nCc: none:;\n", "a@b", "c@d e@f g@h"},
		{"IDN", "From: a@BÜCHER.example\nTo: c@d\n", "a@xn--bcher-kva.example", "c@d"},
		{"names", "From: =?utf-8?q?=3Cevil=40x=3E?= <a@b>\nTo: \"x@y, \" <c@d>\n", "a@b", "c@d"},
		{"Resent", "Resent-From: r@s\nResent-To: t@u\nFrom: a@b\nTo: c@d\n", "r@s", "t@u"},
		{"Resent-Sender", "resent-sender: q@s\nRESENT-from: r@s\nResent-Cc: t@u\nResent-Bcc: v@w\nFrom: a@b\nTo: c@d\n", "q@s", "t@u v@w"},
		{"only the topmost block", "Received: x\nResent-From: r@s\nResent-To: t@u\nReceived: y\nResent-Sender: no@s\nResent-From: no@s\nResent-To: no@u\nFrom: a@b\nTo: c@d\n", "r@s", "t@u"},
		{"blocks that adjoin", "Resent-From: r@s\nResent-To: t@u\nResent-From: no@s\nResent-To: no@u\nFrom: a@b\n", "r@s", "t@u"},
		{"blocks that adjoin, To first", "Resent-To: t@u\nResent-From: r@s\nResent-To: no@u\nResent-From: no@s\nFrom: a@b\n", "r@s", "t@u"},
		{"a Resent-To for each", "Resent-Date: x\nResent-From: r@s\nResent-To: t@u\nResent-To: v@w\nFrom: a@b\n", "r@s", "t@u v@w"},
		// Nobody of an old block, or of the mail itself, gets it again.
		{"Resent, to nobody", "Resent-From: r@s\nFrom: a@b\nTo: c@d\n", "r@s", "ErrRecipient"},
		{"Resent, by nobody", "Resent-To: r@s\nFrom: a@b\nTo: c@d\n", "ErrSender", "r@s"},
		{"nobody", "Subject: x\n", "ErrSender", "ErrRecipient"},
		{"empty fields", "From:\nTo:\nCc: x:;\n", "ErrSender", "ErrRecipient"},
		{"broken", "From: root\nTo: a@b, c(\n", "ErrAddress 1 From", "ErrAddress 2 To"},
		{"a broken Sender", "From: a@b\nSender: x\nTo: a@b\nCc: a b@c\n", "ErrAddress 2 Sender", "ErrAddress 4 Cc"},
		{"controls", "From: \"a\x01\"@b\nTo: a@b\x7f\n", "ErrAddress 1 From", "ErrAddress 2 To"},
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

func TestUTF8(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"From: a@b\n\né", ""},
		{"From: a@b\nSubject: \xe9t\xe9\nTo: é@b\n\n", "Subject"},
		{"Bcc: é@b\nFrom: a@b\n\n", ""},
	} {
		m, err := Read(strings.NewReader(c.in), Options{})
		if err != nil || m.UTF8() != c.want {
			t.Errorf("%q: %q, %v", c.in, m.UTF8(), err)
		}
	}
}

func TestErrorText(t *testing.T) {
	m, err := Read(strings.NewReader("From: a@b\nTo: Doe, J <c@d>\n\n"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = m.Recipients()
	if want := "an address in the header cannot be read: line 2: To: an @ is missing: Doe, J <c@d>"; err.Error() != want {
		t.Errorf("%s\nwant %s", err, want)
	}
}
