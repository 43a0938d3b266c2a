package message

import (
	"regexp"
	"strings"
	"testing"
)

// A missing Date and Message-ID are added, with the line ending of the message.
func TestAddedFields(t *testing.T) {
	id := regexp.MustCompile(`^<[A-Z2-7]{26}@([^>]*)>$`)
	for _, c := range []struct{ header, domain string }{
		{"From: A <a@bücher.example>\n", "xn--bcher-kva.example"},
		{"From: broken\n", "localhost"},
		{"Subject: x\n", "localhost"},
		{"From: a@b.example\r\n", "b.example"},
	} {
		eol := "\n"
		if strings.HasSuffix(c.header, "\r\n") {
			eol = "\r\n"
		}
		m, err := Read(strings.NewReader(c.header+eol), Options{})
		if err != nil {
			t.Fatal(err)
		}
		match := id.FindStringSubmatch(m.MessageID())
		if match == nil || match[1] != c.domain {
			t.Errorf("%q: Message-ID %s, want the domain %s", c.header, m.MessageID(), c.domain)
		}
		want := regexp.MustCompile("^" + regexp.QuoteMeta(c.header) +
			`Date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d [-+]\d{4}` + eol +
			`Message-ID: ` + regexp.QuoteMeta(m.MessageID()) + eol + eol + "$")
		var b strings.Builder
		m.WriteTo(&b)
		if !want.MatchString(b.String()) {
			t.Errorf("%q: %q, want %s", c.header, b.String(), want)
		}
		if size, known := m.Size(); size != sizeOf(b.String()) || !known {
			t.Errorf("%q: size %d %v, want %d", c.header, size, known, sizeOf(b.String()))
		}
	}
}

// Nothing is added to a signed message. Removed fields are still removed.
func TestSignedMessage(t *testing.T) {
	for _, signature := range []string{
		"DKIM-Signature: v=1; h=from:date:message-id; b=x\n",
		"dkim-signature :\n v=1\n",
		"ARC-Seal: i=1; cv=none; b=x\n",
	} {
		for _, rest := range []string{"From: a@b\n\n", "From: a@b\nDate: x\n\n"} {
			in := signature + rest
			if got, err := deliver(strings.NewReader("Bcc: c@d\n"+in), Options{}); err != nil || got != in {
				t.Errorf("%q, %v, want %q", got, err, in)
			}
			m, err := Read(strings.NewReader(in), Options{})
			if err != nil || m.MessageID() != "" {
				t.Errorf("%q: Message-ID %q, %v, want none", in, m.MessageID(), err)
			}
		}
	}
	for _, field := range []string{
		"X-DKIM-Signature: v=1\n", "DKIM-Filter: x\n", "ARC-Authentication-Results: i=1\n", "DomainKey-Signature: x\n",
	} {
		got, err := deliver(strings.NewReader(field+"From: a@b\n\n"), Options{})
		if err != nil || !strings.Contains(got, "\nDate: ") || !strings.Contains(got, "\nMessage-ID: ") {
			t.Errorf("%q: nothing was added: %q, %v", field, got, err)
		}
	}
}

func TestMessageID(t *testing.T) {
	m, err := Read(strings.NewReader("Message-ID :\n <a@b> \n\n"), Options{})
	if err != nil || m.MessageID() != "<a@b>" {
		t.Error(m.MessageID(), err)
	}
}

func TestUTF8(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"From: a@b\n\né", ""},
		{"From: a@b\nSubject: été\nTo: é@b\n\n", "Subject"},
		{"From: a@b\nSubject: \xe9t\xe9\n\n", ""},
		{"From: a@b\nSubject: \xe9t\xe9\nTo: é@b\n\n", "To"},
		{"From: a@b\nSubject: été \xe9\n\n", ""},
		{"Bcc: é@b\nFrom: a@b\n\n", ""},
	} {
		m, err := Read(strings.NewReader(c.in), Options{})
		if err != nil || m.UTF8() != c.want {
			t.Errorf("%q: %q, %v, want %q", c.in, m.UTF8(), err, c.want)
		}
	}
}
