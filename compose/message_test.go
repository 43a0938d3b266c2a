package compose

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestTextAlone(t *testing.T) {
	m := letter()
	m.Text = textPart("Hello\n")
	want := "From: Alice <alice@example.org>\n" +
		"To: bob@example.org\n" +
		"Subject: Report\n" +
		"Date: Mon, 23 Nov 2026 12:00:00 +0000\n" +
		"Message-ID: <id@example.org>\n" +
		"MIME-Version: 1.0\n" +
		"Content-Type: multipart/mixed; boundary=\"=_1_b\"\n" +
		"\n" +
		"--=_1_b\n" +
		"Content-Type: text/plain; charset=utf-8\n" +
		"Content-Transfer-Encoding: 7bit\n" +
		"\n" +
		"Hello\n" +
		"\n" +
		"--=_1_b--\n"
	if got := write(t, m); got != want {
		t.Errorf("got\n%s, want\n%s", got, want)
	}
	m = letter()
	m.Text = textPart("Hello\n")
	m.CRLF = true
	if got := write(t, m); got != strings.ReplaceAll(want, "\n", "\r\n") {
		t.Errorf("with CRLF\n%q", got)
	}
}

// C31: an empty file is a part.
func TestEmptyFileIsThere(t *testing.T) {
	m := letter()
	m.Files = []Part{part("vide.txt", "")}
	got := write(t, m)
	want := "--=_1_b\n" +
		"Content-Type: application/octet-stream; name=vide.txt\n" +
		"Content-Transfer-Encoding: base64\n" +
		"Content-Disposition: attachment; filename=vide.txt\n" +
		"\n" +
		"\n" +
		"--=_1_b--\n"
	if !strings.HasSuffix(got, want) {
		t.Errorf("%s", got)
	}
}

const invite = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:Déjeuner\r\nMETHOD:NO\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"

// Shapes: mixed(alternative(text, related(html, pictures), invitation), files...), with only the levels needed.
func TestShapes(t *testing.T) {
	html := func(s string) *Part { return textPart(s) }
	related := func(p string) (Part, error) { return part(p, "\x89PNG"), nil }
	inline := func(p Part) Part { p.Disposition = "inline"; return p }
	for _, c := range []struct {
		name string
		m    Message
		want string
	}{
		{"text", Message{Text: textPart("hi")}, "/mixed text/plain 7bit\n"},
		{"files", Message{Files: []Part{part("a.png", "x"), part("b.csv", "1,2")}},
			"/mixed image/png base64 attachment a.png\n/mixed text/csv base64 attachment b.csv\n"},
		{"text and file", Message{Text: textPart("hi"), Files: []Part{part("a.png", "x")}},
			"/mixed text/plain 7bit\n/mixed image/png base64 attachment a.png\n"},
		{"empty text and file", Message{Text: textPart(""), Files: []Part{part("a.png", "x")}},
			"/mixed image/png base64 attachment a.png\n"},
		{"text and html", Message{Text: textPart("hi"), HTML: html("<p>hi")},
			"/mixed/alternative text/plain 7bit\n/mixed/alternative text/html 7bit\n"},
		{"html alone", Message{HTML: html("<p>hi")},
			"/mixed/alternative text/plain 7bit\n/mixed/alternative text/html 7bit\n"},
		{"html without words", Message{HTML: html("<img src='http://x/'>")}, "/mixed text/html 7bit\n"},
		{"empty html", Message{Text: textPart("hi"), HTML: html("")}, "/mixed text/plain 7bit\n"},
		{"html with picture", Message{Text: textPart("hi"), HTML: html("<img src=a.png>"), Related: related},
			"/mixed/alternative text/plain 7bit\n/mixed/alternative/related text/html 7bit\n/mixed/alternative/related image/png base64 inline a.png\n"},
		{"html, inline, file", Message{Text: textPart("hi"), HTML: html("<p>x"), Files: []Part{inline(part("i.png", "x")), part("f.png", "y")}},
			"/mixed/alternative text/plain 7bit\n/mixed/alternative/related text/html 7bit\n/mixed/alternative/related image/png base64 inline i.png\n/mixed image/png base64 attachment f.png\n"},
		{"inline without html", Message{Text: textPart("hi"), Files: []Part{inline(part("i.png", "x"))}},
			"/mixed text/plain 7bit\n/mixed image/png base64 inline i.png\n"},
		{"invitation", Message{Text: textPart("hi"), Files: []Part{part("i.ics", invite)}},
			"/mixed/alternative text/plain 7bit\n/mixed/alternative text/calendar quoted-printable\n/mixed text/calendar base64 attachment i.ics\n"},
		{"invitation from a pipe", Message{Text: textPart("hi"), HTML: html("<p>hi"), Files: []Part{pipe("i.ics", invite)}},
			"/mixed/alternative text/plain 7bit\n/mixed/alternative text/html 7bit\n/mixed/alternative text/calendar quoted-printable\n/mixed text/calendar base64 attachment i.ics\n"},
		{"invitation without text", Message{Files: []Part{part("i.ics", invite)}},
			"/mixed text/calendar quoted-printable\n/mixed text/calendar base64 attachment i.ics\n"},
		{"two invitations", Message{Text: textPart("hi"), Files: []Part{part("i.ics", invite), part("j.ics", invite)}},
			"/mixed/alternative text/plain 7bit\n/mixed/alternative text/calendar quoted-printable\n/mixed text/calendar base64 attachment i.ics\n/mixed text/calendar base64 attachment j.ics\n"},
		{"long invitation", Message{Text: textPart("hi"), Files: []Part{part("i.ics", invite+strings.Repeat("X:y\r\n", 20_000))}},
			"/mixed/alternative text/plain 7bit\n/mixed/alternative text/calendar quoted-printable\n/mixed text/calendar base64 attachment i.ics\n"},
		{"invitation too long for a pipe", Message{Text: textPart("hi"), Files: []Part{pipe("i.ics", invite+strings.Repeat("X:y\r\n", 20_000))}},
			"/mixed text/plain 7bit\n/mixed text/calendar base64 attachment i.ics\n"},
		{"published calendar", Message{Text: textPart("hi"), Files: []Part{part("i.ics", strings.Replace(invite, "REQUEST", "publish", 1))}},
			"/mixed text/plain 7bit\n/mixed text/calendar base64 attachment i.ics\n"},
		{"NUL", Message{Text: textPart("a\x00b"), Files: []Part{part("f.png", "y")}},
			"/mixed text/plain 7bit\n/mixed application/octet-stream base64 attachment body.bin\n/mixed image/png base64 attachment f.png\n"},
		{"allow empty", Message{AllowEmpty: true}, "/mixed text/plain 7bit\n"},
		{"no name", Message{Files: []Part{{Type: "image/x", Size: 1, Open: part("", "x").Open}, {Type: "text/plain", Size: 1, Open: part("", "y").Open}}},
			"/mixed image/x base64 attachment part-1.bin\n/mixed text/plain base64 attachment part-2.txt\n"},
		{"one name twice", Message{Files: []Part{part("a.png", "x"), part("a.png", "y")}},
			"/mixed image/png base64 attachment a.png\n/mixed image/png base64 attachment a.png\n"},
		{"never a multipart", Message{Files: []Part{part("x.multi", "--x\n\ny\n--x--"), part("x.mail", "From: a\n\nb")}},
			"/mixed application/octet-stream base64 attachment x.multi\n/mixed application/octet-stream base64 attachment x.mail\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := c.m
			l := letter()
			m.From, m.To, m.Subject, m.Date, m.MessageID, m.Boundary, m.Detect = l.From, l.To, l.Subject, l.Date, l.MessageID, l.Boundary, byName
			for _, crlf := range []bool{false, true} {
				m.CRLF = crlf
				_, leaves := readBack(t, write(t, &m))
				if got := summary(leaves); got != c.want {
					t.Errorf("got\n%s, want\n%s", got, c.want)
				}
			}
		})
	}
}

func TestInvitation(t *testing.T) {
	m := letter()
	m.Detect = byName
	m.Text = textPart("hi")
	m.Files = []Part{part("i.ics", invite)}
	_, leaves := readBack(t, write(t, m))
	for _, l := range leaves[1:] {
		if l.params["method"] != "REQUEST" || l.params["charset"] != "utf-8" {
			t.Errorf("%s: %v", l.path, l.params)
		}
	}
	if leaves[2].body != invite {
		t.Errorf("the file is %q", leaves[2].body)
	}
	if got := strings.ReplaceAll(leaves[1].body, "\n", "\r\n"); got != invite {
		t.Errorf("beside the text is %q", got)
	}
}

func TestLongestBoundary(t *testing.T) {
	m := letter()
	m.Boundary, m.Text = strings.Repeat("b", 50)+"'()+_-./:", textPart("x")
	msg := write(t, m)
	if b := boundaryOf(msg); b != "=_1_"+m.Boundary {
		t.Errorf("%q", b)
	}
	if n := longestLine(msg); n > 76 {
		t.Errorf("a line of %d", n)
	}
}

// C19, C33: a message that holds the boundary is encoded, as a file; a message/rfc822 never is.
func TestMessagesKeptReadable(t *testing.T) {
	long := strings.Repeat("x", 999)
	for _, c := range []struct {
		name, content, encoding string
		pipe                    bool
		want                    string
		body                    string
	}{
		{"a.eml", "Subject: x\r\n\r\nbody\r\n", "", false, "message/rfc822 7bit", "Subject: x\n\nbody\n"},
		{"a.eml", "Subject: x\n\nbody", "", true, "message/rfc822 7bit", "Subject: x\n\nbody"},
		{"a.eml", "Subject: x\n\né\n", "", false, "message/rfc822 8bit", "Subject: x\n\né\n"},
		{"a.eml", "Subject: x\n\né\n", "7bit", false, "application/octet-stream base64", ""},
		{"a.eml", "Subject: x\n\nbody", "base64", false, "application/octet-stream base64", ""},
		{"a.eml", "Subject: x\n\n" + long, "", false, "application/octet-stream base64", ""},
		{"a.eml", "Subject: x\n\na\rb", "", false, "application/octet-stream base64", ""},
		{"a.eml", "Subject: x\n\na\x00b", "", false, "application/octet-stream base64", ""},
		{"a.eml", "Subject: x\n\n--=_1_b\n", "", false, "application/octet-stream base64", ""},
		{"a.eml", "From a@b Mon\nSubject: x\n\nb\n", "", false, "application/octet-stream base64", ""},
		{"a.eml", "", "", false, "application/octet-stream base64", ""},
		{"a.eml", "Subject: x\n\n" + strings.Repeat("line\n", 40000), "", false, "message/rfc822 7bit", "Subject: x\n\n" + strings.Repeat("line\n", 40000)},
		{"a.eml", "Subject: x\n\n" + strings.Repeat("line\n", 40000), "", true, "application/octet-stream base64", ""},
	} {
		m := letter()
		m.Detect = byName
		p := part(c.name, c.content)
		if c.pipe {
			p = pipe(c.name, c.content)
		}
		p.Encoding = c.encoding
		m.Text = textPart("hi")
		m.Files = []Part{p}
		msg := write(t, m)
		h, leaves := readBack(t, msg)
		l := leaves[1]
		if got := l.mediaType + " " + l.encoding; got != c.want || l.name != c.name {
			t.Errorf("%.40q: %s %s, want %s", c.content, got, l.name, c.want)
		}
		if c.body == "" {
			c.body = c.content
		}
		if l.body != c.body {
			t.Errorf("%.40q is read as %.60q", c.content, l.body)
		}
		if top := h.Get("Content-Transfer-Encoding"); (top == "8bit") != (l.encoding == "8bit") {
			t.Errorf("around %s is %q", l.encoding, top)
		}
	}
}

func TestWhyAMessageGoesAsAFile(t *testing.T) {
	for _, c := range []struct {
		part     Part
		encoding string
		want     string
	}{
		{part("a.eml", "Subject: x\n\nbody\n"), "base64", "a message must not be encoded"},
		{part("a.eml", "From a@b Mon\nSubject: x\n\nb\n"), "", "it does not begin with a header field"},
		{pipe("a.eml", "Subject: x\n\n"+strings.Repeat("line\n", 40000)), "", "it is too long to be checked before it is sent"},
		{part("a.eml", "Subject: x\n\na\x00b"), "", "it contains NUL"},
	} {
		m := letter()
		m.Detect = byName
		var notes []string
		m.Note = addTo(&notes)
		c.part.Encoding = c.encoding
		m.Files = []Part{c.part}
		write(t, m)
		if want := "a.eml is sent as application/octet-stream, not as a message: " + c.want; len(notes) != 1 || notes[0] != want {
			t.Errorf("%q, want %q", notes, want)
		}
	}
}

func TestFileKeys(t *testing.T) {
	p := part("x.dat", "a,é\r\nb,c\n")
	p.Type, p.Charset, p.Disposition, p.Encoding = "text/csv; header=present", "utf-8", "inline", "quoted-printable"
	m := letter()
	m.Files = []Part{p}
	_, leaves := readBack(t, write(t, m))
	l := leaves[0]
	if l.mediaType != "text/csv" || l.params["header"] != "present" || l.params["charset"] != "utf-8" || l.disposition != "inline" || l.encoding != "quoted-printable" || l.cid == "" || l.body != "a,é\nb,c\n" {
		t.Errorf("%+v", l)
	}
	p.Type = "application/x-thing"
	m = letter()
	m.Files = []Part{p}
	_, leaves = readBack(t, write(t, m))
	if leaves[0].body != "a,é\r\nb,c\n" {
		t.Errorf("binary in quoted-printable: %q", leaves[0].body)
	}
}

func TestFields(t *testing.T) {
	m := letter()
	m.Subject = "Größe"
	m.Cc = []Address{{Name: "Zoë", Local: "z", Domain: "x.org"}}
	m.Bcc = []Address{{Local: "hidden", Domain: "x.org"}}
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
		t.Errorf("got\n%s, want\n%s", got, want)
	}
}

// Python 3.11 reads " <...>" of an identification that does not begin on the line of its name.
func TestLongIdentifications(t *testing.T) {
	long := strings.Repeat("x", 80) + "@example.org"
	m := letter()
	m.MessageID, m.InReplyTo, m.References, m.Text = long, long, []string{long, "1@b", "2@b", long}, textPart("x")
	got := write(t, m)
	for _, want := range []string{
		"\nMessage-ID: <" + long + ">\n", "\nIn-Reply-To: <" + long + ">\n",
		"\nReferences: <" + long + ">\n <1@b> <2@b>\n <" + long + ">\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

func TestNobodyInToAndCc(t *testing.T) {
	m := letter()
	m.To, m.Bcc, m.Text = nil, []Address{bob}, textPart("x")
	if got := write(t, m); !strings.Contains(got, "\nTo: undisclosed-recipients:;\nBcc: bob@example.org\n") {
		t.Errorf("%s", got)
	}
}

// C19, C38: boundary and Message-ID have 128 random bits, the latter the sender's domain.
func TestMadeIdentifiers(t *testing.T) {
	seen := map[string]bool{}
	for range 3 {
		m := letter()
		m.MessageID, m.Boundary, m.Date, m.Text = "", "", time.Time{}, textPart("x")
		h, _ := readBack(t, write(t, m))
		id := h.Get("Message-Id")
		if seen[id] || len(id) != len("<@example.org>")+32 || !strings.HasSuffix(id, "@example.org>") {
			t.Errorf("%q", id)
		}
		seen[id] = true
		_, params, _ := h.ContentType()
		if b := params["boundary"]; seen[b] || !strings.HasPrefix(b, "=_1_") || len(b) != 4+32 {
			t.Errorf("%q", b)
		} else {
			seen[b] = true
		}
		date, err := time.Parse("Mon, 02 Jan 2006 15:04:05 -0700", h.Get("Date"))
		if err != nil || time.Since(date).Abs() > time.Minute {
			t.Errorf("%v, %v", date, err)
		}
	}
}

// C37: the same input gives the same octets.
func TestReproducible(t *testing.T) {
	message := func() *Message {
		m := letter()
		m.MessageID, m.Boundary, m.Reproducible = "", "", true
		m.Text, m.HTML = textPart("x"), textPart("<img src=a.png>")
		m.Related = func(p string) (Part, error) { return part(p, "x"), nil }
		m.Detect = byName
		return m
	}
	if write(t, message()) != write(t, message()) {
		t.Error("the same message has other octets")
	}
	given := func() *Message {
		m := message()
		m.Boundary, m.MessageID, m.Reproducible = "b", "i@x", false
		return m
	}
	if write(t, given()) != write(t, given()) {
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

// A Message can be planned by several goroutines at once.
func TestPlanConcurrently(t *testing.T) {
	m := letter()
	m.Detect = byName
	m.Text, m.HTML = Text("Hello\n"), Text("<p>Hello <img src=a.png>")
	m.Related = func(path string) (Part, error) { return Bytes(path, []byte("x")), nil }
	m.Files = []Part{Bytes("b.csv", []byte("a,b\n")), filePart(t, openFile(t, "c.csv", "c,d\n"))}
	want := write(t, m)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			plan, err := m.Plan()
			if err != nil {
				t.Error(err)
				return
			}
			var b bytes.Buffer
			if _, err := plan.WriteTo(&b); err != nil || b.String() != want {
				t.Errorf("%v, written was\n%s", err, b.String())
			}
		})
	}
	all.Wait()
}

func boundaryOf(msg string) string {
	_, rest, _ := strings.Cut(msg, `boundary="`)
	b, _, _ := strings.Cut(rest, `"`)
	return b
}

func TestRefused(t *testing.T) {
	text := func(f func(*Message)) *Message {
		m := letter()
		m.Text = textPart("x")
		f(m)
		return m
	}
	opens := 0
	counted := func(name string) Part {
		return Part{Name: name, Size: 1, Open: func() (io.ReadCloser, error) { opens++; return io.NopCloser(strings.NewReader("x")), nil }}
	}
	field := func(name, value string) func(*Message) {
		return func(m *Message) { m.Header = []Field{{name, value}} }
	}
	for name, f := range map[string]func(*Message){
		"no sender":           func(m *Message) { m.From = Address{} },
		"subject CRLF":        func(m *Message) { m.Subject = "hi\r\nBcc: evil@x" },
		"subject LF":          func(m *Message) { m.Subject = "a\nb" },
		"subject CR":          func(m *Message) { m.Subject = "a\rb" },
		"subject VT":          func(m *Message) { m.Subject = "a\vb" },
		"subject FF":          func(m *Message) { m.Subject = "a\fb" },
		"subject NUL":         func(m *Message) { m.Subject = "a\x00b" },
		"subject NEL":         func(m *Message) { m.Subject = "a\u0085b" },
		"subject not UTF-8":   func(m *Message) { m.Subject = "\xFF" },
		"name CRLF":           func(m *Message) { m.To[0].Name = "a\r\nb" },
		"local part LF":       func(m *Message) { m.To[0].Local = "a\nb" },
		"domain":              func(m *Message) { m.To[0].Domain = "x>\r\nRCPT" },
		"no domain":           func(m *Message) { m.To[0].Domain = "" },
		"field name CRLF":     field("X-A: b\r\nBcc", "x"),
		"field name blank":    field("X A", "x"),
		"field name empty":    field("", "x"),
		"field name foreign":  field("X-É", "x"),
		"field name colon":    field("X:", "x"),
		"field value LF":      field("X-A", "a\nb"),
		"own Content-Type":    field("content-type", "x"),
		"own Content-":        field("Content-", "x"),
		"own Content-X":       field("Content-X", "x"),
		"own MIME-Version":    field("MIME-Version", "1.0"),
		"own Bcc":             field("bcc", "x"),
		"second From":         field("From", "x"),
		"second Date":         field("DATE", "x"),
		"second Message-ID":   field("Message-Id", "x"),
		"second Subject":      field("Subject", "x"),
		"Sender twice":        func(m *Message) { m.Header = []Field{{"Sender", "a@b"}, {"sender", "a@b"}} },
		"Sender of two":       field("sender", "a@b, c@d"),
		"Resent-Sender":       field("Resent-Sender", "a@b, c@d"),
		"Message-ID blank":    func(m *Message) { m.MessageID = "a b@c" },
		"Message-ID bare":     func(m *Message) { m.MessageID = "abc" },
		"Message-ID two @":    func(m *Message) { m.MessageID = "a@b@c" },
		"Message-ID no left":  func(m *Message) { m.MessageID = "@b" },
		"Message-ID empty":    func(m *Message) { m.MessageID = "<>" },
		"In-Reply-To":         func(m *Message) { m.InReplyTo = "a>\nb" },
		"References":          func(m *Message) { m.References = []string{"a@b", "c d"} },
		"boundary blank":      func(m *Message) { m.Boundary = "a b" },
		"boundary comma":      func(m *Message) { m.Boundary = "a,b" },
		"boundary long":       func(m *Message) { m.Boundary = strings.Repeat("b", tokenMax+1) },
		"date":                func(m *Message) { m.Date = time.Date(12345, 1, 1, 0, 0, 0, 0, time.UTC) },
		"file name LF":        func(m *Message) { m.Files = []Part{part("a\nb", "")} },
		"file name not UTF-8": func(m *Message) { m.Files = []Part{part("a\xFF", "")} },
		"type":                func(m *Message) { m.Files = []Part{{Name: "x", Type: "text", Open: counted("").Open}} },
		"type CRLF":           func(m *Message) { m.Files = []Part{{Name: "x", Type: "text/x\r\nA: b", Open: counted("").Open}} },
		"type multipart":      func(m *Message) { m.Files = []Part{{Name: "x", Type: "multipart/mixed", Open: counted("").Open}} },
		"charset of file":     func(m *Message) { p := part("x", "a"); p.Charset = "utf 8;"; m.Files = []Part{p} },
		"encoding":            func(m *Message) { p := part("x", "a"); p.Encoding = "uuencode"; m.Files = []Part{p} },
		"encoding 7bit":       func(m *Message) { p := part("x", "é"); p.Encoding = "7bit"; m.Files = []Part{p} },
		"disposition":         func(m *Message) { p := part("x", "a"); p.Disposition = "form-data"; m.Files = []Part{p} },
		"Content-ID":          func(m *Message) { p := part("x", "a"); p.ContentID = "a b"; m.Files = []Part{p} },
		"charset of text":     func(m *Message) { m.Text.Charset = "klingon" },
		"encoding of text":    func(m *Message) { m.Text = textPart("é"); m.Text.Encoding = "7bit" },
		"type of text":        func(m *Message) { m.Text.Type = "image/png" },
		"plain with file":     func(m *Message) { m.Plain = true; m.Files = []Part{part("x", "")} },
		"plain with html":     func(m *Message) { m.Plain = true; m.HTML = textPart("x") },
	} {
		t.Run(name, func(t *testing.T) {
			m := text(f)
			if seen := name == "encoding 7bit" || name == "encoding of text"; errors.Is(m.Check(), ErrArgument) == seen {
				t.Errorf("Check: %v", m.Check())
			}
			wantError(t, m, ErrArgument, "")
			if strings.ContainsFunc(func() string { _, err := m.Plan(); return err.Error() }(), func(r rune) bool { return r < ' ' || r > '~' && r != '\uFFFD' }) {
				t.Error("the error is not safe for a terminal")
			}
		})
	}
	wantError(t, letter(), ErrEmpty, "")
	wantError(t, text(func(m *Message) { m.Plain = true; m.Text = textPart(strings.Repeat("x\n", maxHold)) }), ErrTooBig, "plain")
	wantError(t, text(func(m *Message) { m.Header = []Field{{"X", strings.Repeat("x ", maxHeader)}} }), ErrTooBig, "header")
	if opens != 0 {
		t.Errorf("a part with a wrong type was opened")
	}
}

func TestPlain(t *testing.T) {
	for _, c := range []struct{ in, body string }{
		{"Hello\n", "7bit\n\nHello\n"},
		{"Hello", "7bit\n\nHello\n"},
		{"é\n", "quoted-printable\n\n=C3=A9\n"},
		{"日本\n", "base64\n\n5pel5pysDQo=\n"},
		{"a\x00b", "quoted-printable\n\na=00b\n"},
	} {
		m := letter()
		m.Plain, m.Text = true, textPart(c.in)
		var w countWrites
		p, err := m.Plan()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.WriteTo(&w); err != nil {
			t.Fatal(err)
		}
		if got := w.String(); !strings.HasSuffix(got, "\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: "+c.body) || w.n != 1 {
			t.Errorf("%q in %d writes", got, w.n)
		}
	}
	m := letter()
	m.Plain, m.Text = true, textPart(strings.Repeat("é\n", maxHold/3))
	var w countWrites
	p, err := m.Plan()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.WriteTo(&w); err != nil || w.n != 1 {
		t.Errorf("%d writes, %v", w.n, err)
	}
	m = letter()
	m.Plain = true
	wantError(t, m, ErrEmpty, "")
	m.AllowEmpty = true
	if got := write(t, m); !strings.HasSuffix(got, "\nContent-Transfer-Encoding: 7bit\n\n") {
		t.Errorf("empty: %q", got)
	}
}

// A message that is known to be under 512 KiB goes with one write.
func TestOneWrite(t *testing.T) {
	for encoding, octets := range map[string]int{"7bit": 500 << 10, "quoted-printable": 165 << 10, "base64": 375 << 10} {
		m := letter()
		m.Text = textPart(strings.Repeat("=", octets))
		if encoding == "7bit" {
			m.Text = textPart(strings.Repeat("=======\n", octets/8))
		}
		m.Text.Encoding = encoding
		p, err := m.Plan()
		if err != nil {
			t.Fatal(err)
		}
		if n, known := p.Size(); !known || n < outputSize-64<<10 || n >= outputSize {
			t.Fatalf("%s: a size of %d, %v", encoding, n, known)
		}
		var w countWrites
		if _, err := p.WriteTo(&w); err != nil || w.n != 1 {
			t.Errorf("%s: %d writes, %v", encoding, w.n, err)
		}
	}
}

type countWrites struct {
	strings.Builder
	n int
}

func (w *countWrites) Write(p []byte) (int, error) { w.n++; return w.Builder.Write(p) }

func TestEmpty(t *testing.T) {
	for _, c := range []struct {
		m    Message
		want bool
	}{
		{Message{}, true},
		{Message{Text: textPart("")}, true},
		{Message{Text: textPart("\xEF\xBB\xBF")}, true},
		{Message{Text: textPart(""), Files: []Part{part("a", "x")}}, true},
		{Message{Text: textPart("\n")}, false},
		{Message{HTML: textPart("<p>")}, false},
		{Message{HTML: textPart("")}, true},
	} {
		c.m.From, c.m.AllowEmpty = alice, true
		p, err := c.m.Plan()
		if err != nil {
			t.Fatal(err)
		}
		if p.Empty() != c.want {
			t.Errorf("%+v: Empty is %v", c.m, p.Empty())
		}
		p.Close()
	}
}

// C27, C28, C29: the base name alone, and nothing that deceives.
func TestNames(t *testing.T) {
	var notes []string
	for in, want := range map[string]string{
		"../../etc/passwd":       "passwd",
		`C:\x.txt`:               "C:_x.txt",
		"invoice\u202Efdp.exe":   "invoice_fdp.exe",
		".bashrc":                ".bashrc",
		"..":                     "__",
		"../.":                   "_",
		" ":                      "_",
		strings.Repeat("é", 127): strings.Repeat("é", 127),
		`a"b;c,d'e%20.txt`:       `a"b;c,d'e%20.txt`,
	} {
		if got := fileName(in, addTo(&notes)); got != want {
			t.Errorf("%q is sent as %q, want %q", in, got, want)
		}
		m := letter()
		m.Files = []Part{part(in, "x")}
		_, leaves := readBack(t, write(t, m))
		if leaves[0].name != want {
			t.Errorf("%q is read as %q", in, leaves[0].name)
		}
	}
	if len(notes) != 1 || !strings.Contains(notes[0], `\u202e`) {
		t.Errorf("%q", notes)
	}
}
