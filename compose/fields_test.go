package compose

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// A field of Message.Header that contains addresses is written as an address
// list: readers find no address in an encoded word.
func TestAddressFields(t *testing.T) {
	for _, c := range []struct {
		field Field
		want  string // empty means refused
	}{
		{Field{"Sender", "Zoë <z@exämple.org>"}, "Sender: =?utf-8?Q?Zo=C3=AB?= <z@xn--exmple-cua.org>\n"},
		{
			Field{"errors-to", `a@Bücher.example, "Doe, J." <j@x>`},
			`errors-to: a@xn--bcher-kva.example, "Doe, J." <j@x>` + "\n",
		},
		{Field{"X-Sender", "Zoë"}, "X-Sender: =?utf-8?Q?Zo=C3=AB?=\n"},
		{Field{"Sender", "Zoë"}, ""},
		{Field{"Resent-To", ""}, ""},
	} {
		m := &Message{From: Address{Local: "a", Domain: "b"}, Header: []Field{c.field}}
		header, err := m.header("\n", "id@b", time.Unix(0, 0))
		if refused := m.Check(); refused != nil {
			err = refused
		}
		switch {
		case c.want == "" && !errors.Is(err, ErrArgument):
			t.Errorf("%v: %v, want ErrArgument", c.field, err)
		case c.want != "" && (err != nil || !strings.Contains(header, "\n"+c.want)):
			t.Errorf("%v: %v, the header is\n%s", c.field, err, header)
		}
	}
}

func TestFields(t *testing.T) {
	m := letter()
	m.Subject = "Größe"
	m.Cc = []Address{{Name: "Zoë", Local: "z", Domain: "x.org"}}
	m.Bcc = []Address{{Local: "hidden", Domain: "x.org"}}
	m.WriteBcc = true
	m.ReplyTo = []Address{bob}
	m.InReplyTo = "<a@b>"
	m.References = []string{"1@b", "<a@b>"}
	m.AutoSubmitted = true
	m.Header = []Field{{"X-Job", "nightly"}, {"Precedence", "list"}, {"X-Who", "Zoë <z@x.org>"}, {"X-Empty", ""}}
	m.Text = textPart("x")
	got, _, _ := strings.Cut(write(t, m), "MIME-Version")
	want := `From: Alice <alice@example.org>
Reply-To: bob@example.org
To: bob@example.org
Cc: =?utf-8?Q?Zo=C3=AB?= <z@x.org>
Bcc: hidden@x.org
Subject: =?utf-8?B?R3LDtsOfZQ==?=
Date: Mon, 23 Nov 2026 12:00:00 +0000
Message-ID: <id@example.org>
In-Reply-To: <a@b>
References: <1@b> <a@b>
Auto-Submitted: auto-generated
X-Auto-Response-Suppress: All
X-Job: nightly
Precedence: list
X-Who: =?utf-8?Q?Zo=C3=AB?= <z@x.org>
X-Empty:
`
	if got != want {
		t.Errorf("the header is\n%s, want\n%s", got, want)
	}
}

// A long msg-id is on the line of its field name: if it is not, Python 3.11
// treats the space before it as a part of it.
func TestLongMsgIDs(t *testing.T) {
	long := strings.Repeat("x", 80) + "@example.org"
	m := letter()
	m.MessageID, m.InReplyTo, m.References = long, long, []string{long, "1@b", "2@b", long}
	m.Text = textPart("x")
	got := write(t, m)
	for _, want := range []string{
		"\nMessage-ID: <" + long + ">\n", "\nIn-Reply-To: <" + long + ">\n",
		"\nReferences: <" + long + ">\n <1@b> <2@b>\n <" + long + ">\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the header contains no %q:\n%s", want, got)
		}
	}
}

func TestNoVisibleRecipient(t *testing.T) {
	m := letter()
	m.To, m.Bcc, m.Text = nil, []Address{bob}, textPart("x")
	if got := write(t, m); !strings.Contains(got, "\nTo: undisclosed-recipients:;\nSubject: ") {
		t.Errorf("the header has no empty group:\n%s", got)
	}
}

// An address in Bcc is a recipient, and the others must not see it.
func TestBcc(t *testing.T) {
	carol := Address{Local: "carol", Domain: "example.org"}
	m := letter()
	m.Cc = []Address{{Name: "Bob", Local: bob.Local, Domain: bob.Domain}}
	m.Bcc = []Address{carol, bob}
	m.Text = textPart("x")
	if got := write(t, m); strings.Contains(got, "Bcc") || strings.Contains(got, "carol") {
		t.Errorf("the message shows Bcc:\n%s", got)
	}
	m.WriteBcc = true
	if got := write(t, m); !strings.Contains(got, "\nBcc: carol@example.org, bob@example.org\n") {
		t.Errorf("the message has no field Bcc:\n%s", got)
	}
	if got := fmt.Sprint(m.Recipients()); got != "[bob@example.org carol@example.org]" {
		t.Errorf("recipients %s", got)
	}
}
