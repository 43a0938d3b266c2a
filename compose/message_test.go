package compose

import (
	"bytes"
	"strings"
	"sync"
	"testing"
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
