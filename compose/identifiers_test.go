package compose

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"mailpipe/internal/mimetest"
)

// Boundaries and Message-IDs have 128 random bits, and a Message-ID has
// the domain of the sender.
func TestMadeIdentifiers(t *testing.T) {
	seen := map[string]bool{}
	for range 3 {
		m := letter()
		m.MessageID, m.Boundary, m.Date, m.Text = "", "", time.Time{}, textPart("x")
		h, _ := readBack(t, write(t, m))
		id := h.Get("Message-Id")
		if seen[id] || len(id) != len("<@example.org>")+32 || !strings.HasSuffix(id, "@example.org>") {
			t.Errorf("the Message-ID is %q", id)
		}
		seen[id] = true
		_, params, _ := h.ContentType()
		b := params["boundary"]
		if seen[b] || !strings.HasPrefix(b, "=_1_") || len(b) != len("=_1_")+32 {
			t.Errorf("the boundary is %q", b)
		}
		seen[b] = true
		date, err := time.Parse("Mon, 02 Jan 2006 15:04:05 -0700", h.Get("Date"))
		if err != nil || time.Since(date).Abs() > time.Minute {
			t.Errorf("the date is %v, %v", date, err)
		}
	}
}

// The same input produces the same octets.
func TestReproducible(t *testing.T) {
	message := func() *Message {
		m := letter()
		m.MessageID, m.Boundary, m.Reproducible = "", "", true
		m.Text, m.HTML = textPart("x"), textPart("<img src=a.png>")
		m.Related = func(p string) (Part, error) { return part(p, "x"), nil }
		m.Detect = byName
		return m
	}
	first, second := write(t, message()), write(t, message())
	if first != second {
		t.Error("the same message has other octets")
	}
	given := func() *Message {
		m := message()
		m.Boundary, m.MessageID, m.Reproducible = "b", "i@x", false
		return m
	}
	first, second = write(t, given()), write(t, given())
	if first != second {
		t.Error("the same message with its Boundary and MessageID has other octets")
	}
}

// Different messages have different identifiers, wherever they differ: servers
// and readers drop a message whose Message-ID they know.
func TestReproducibleIdentifiersCoverAllContent(t *testing.T) {
	longText := strings.Repeat("words and words\n", maxHold/8)
	longFile := strings.Repeat("x", 3*headSize)
	longMail := "Subject: x\n\n" + strings.Repeat("line\n", headSize)
	seen := map[string]string{}
	for name, change := range map[string]func(m *Message){
		"base":               func(m *Message) {},
		"subject":            func(m *Message) { m.Subject += "!" },
		"recipient":          func(m *Message) { m.Bcc = []Address{alice} },
		"long text":          func(m *Message) { m.Text = textPart(longText) },
		"end of a long text": func(m *Message) { m.Text = textPart(longText + "!") },
		"file":               func(m *Message) { m.Files = []Part{part("a", longFile+"x")} },
		"end of a file":      func(m *Message) { m.Files = []Part{part("a", longFile+"y")} },
		"name of a file":     func(m *Message) { m.Files = []Part{part("b", longFile+"x")} },
		"size of a file":     func(m *Message) { m.Files = []Part{part("a", strings.Repeat("x", 5<<20))} },
		"a larger file":      func(m *Message) { m.Files = []Part{part("a", strings.Repeat("x", 6<<20))} },
		"a message":          func(m *Message) { m.Files = []Part{part("a.eml", longMail)} },
		"end of a message":   func(m *Message) { m.Files = []Part{part("a.eml", longMail+"!")} },
		"a short pipe":       func(m *Message) { m.Files = []Part{pipe("a", "x")} },
		"another short pipe": func(m *Message) { m.Files = []Part{pipe("a", "y")} },
		"two files": func(m *Message) {
			m.Files = []Part{part("a", "x"), part("b", "y")}
		},
		"two files, other content": func(m *Message) {
			m.Files = []Part{part("a", "y"), part("b", "x")}
		},
	} {
		m := letter()
		m.MessageID, m.Boundary, m.Reproducible = "", "", true
		m.Detect = byName
		m.Text = textPart("x")
		change(m)
		p, err := m.Plan()
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if _, err := p.WriteTo(&b); err != nil {
			t.Fatal(err)
		}
		token := boundaryOf(b.String())
		if other, found := seen[token]; found {
			t.Errorf("%q has the boundary of %q", name, other)
		}
		seen[token] = name
	}
}

// boundaryOf returns the first boundary in a message.
func boundaryOf(msg string) string {
	_, rest, _ := strings.Cut(msg, `boundary="`)
	b, _, _ := strings.Cut(rest, `"`)
	return b
}

func TestLongestBoundary(t *testing.T) {
	m := letter()
	m.Boundary, m.Text = strings.Repeat("b", 50)+"'()+_-./:", textPart("x")
	msg := write(t, m)
	if b := boundaryOf(msg); b != "=_1_"+m.Boundary {
		t.Errorf("the boundary is %q", b)
	}
	if n := mimetest.LongestLine(msg); n > 76 {
		t.Errorf("a line of %d octets", n)
	}
}
