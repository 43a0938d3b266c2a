package compose

import (
	"bytes"
	"strings"
	"sync"
	"testing"
)

func TestTextAlone(t *testing.T) {
	want := `From: Alice <alice@example.org>
To: bob@example.org
Subject: Report
Date: Mon, 23 Nov 2026 12:00:00 +0000
Message-ID: <id@example.org>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="=_1_b"

--=_1_b
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 7bit

Hello

--=_1_b--
`
	m := letter()
	m.Text = textPart("Hello\n")
	if got := write(t, m); got != want {
		t.Errorf("the message is\n%s, want\n%s", got, want)
	}
	m.CRLF = true
	if got := write(t, m); got != strings.ReplaceAll(want, "\n", "\r\n") {
		t.Errorf("with CRLF the message is\n%q", got)
	}
}

// An empty file is a part.
func TestEmptyFileIsThere(t *testing.T) {
	m := letter()
	m.Files = []Part{part("vide.txt", "")}
	want := `--=_1_b
Content-Type: application/octet-stream; name=vide.txt
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename=vide.txt


--=_1_b--
`
	if got := write(t, m); !strings.HasSuffix(got, want) {
		t.Errorf("the message is\n%s", got)
	}
}

// invite returns an iCalendar object with a method, in CRLF.
func invite(method string) string {
	object := "BEGIN:VCALENDAR\nVERSION:2.0\nMETHOD:" + method + "\n" +
		"BEGIN:VEVENT\nSUMMARY:Déjeuner\nMETHOD:NO\nEND:VEVENT\nEND:VCALENDAR\n"
	return strings.ReplaceAll(object, "\n", "\r\n")
}

// A message has only the levels of multipart that it needs.
func TestStructure(t *testing.T) {
	hi := textPart("hi")
	related := func(p string) (Part, error) { return part(p, "\x89PNG"), nil }
	inline := func(p Part) Part { p.Disposition = "inline"; return p }
	typed := func(mediaType string) Part { p := part("", "x"); p.Type = mediaType; return p }
	request := invite("REQUEST")
	long := request + strings.Repeat("X:y\r\n", 20_000)
	for _, c := range []struct {
		name string
		m    Message
		want []string
	}{
		{
			"text", Message{Text: hi},
			[]string{"/mixed text/plain 7bit"},
		},
		{
			"files", Message{Files: []Part{part("a.png", "x"), part("b.csv", "1,2")}},
			[]string{
				"/mixed image/png base64 attachment a.png",
				"/mixed text/csv base64 attachment b.csv",
			},
		},
		{
			"text and file", Message{Text: hi, Files: []Part{part("a.png", "x")}},
			[]string{"/mixed text/plain 7bit", "/mixed image/png base64 attachment a.png"},
		},
		{
			"empty text and file", Message{Text: textPart(""), Files: []Part{part("a.png", "x")}},
			[]string{"/mixed image/png base64 attachment a.png"},
		},
		{
			"text and HTML", Message{Text: hi, HTML: textPart("<p>hi")},
			[]string{"/mixed/alternative text/plain 7bit", "/mixed/alternative text/html 7bit"},
		},
		{
			"HTML alone", Message{HTML: textPart("<p>hi")},
			[]string{"/mixed/alternative text/plain 7bit", "/mixed/alternative text/html 7bit"},
		},
		{
			"HTML without words", Message{HTML: textPart("<img src='http://x/'>")},
			[]string{"/mixed text/html 7bit"},
		},
		{
			"empty HTML", Message{Text: hi, HTML: textPart("")},
			[]string{"/mixed text/plain 7bit"},
		},
		{
			"HTML with image", Message{Text: hi, HTML: textPart("<img src=a.png>"), Related: related},
			[]string{
				"/mixed/alternative text/plain 7bit",
				"/mixed/alternative/related text/html 7bit",
				"/mixed/alternative/related image/png base64 inline a.png",
			},
		},
		{
			"HTML, inline file, file",
			Message{Text: hi, HTML: textPart("<p>x"), Files: []Part{inline(part("i.png", "x")), part("f.png", "y")}},
			[]string{
				"/mixed/alternative text/plain 7bit",
				"/mixed/alternative/related text/html 7bit",
				"/mixed/alternative/related image/png base64 inline i.png",
				"/mixed image/png base64 attachment f.png",
			},
		},
		{
			"inline file without HTML", Message{Text: hi, Files: []Part{inline(part("i.png", "x"))}},
			[]string{"/mixed text/plain 7bit", "/mixed image/png base64 inline i.png"},
		},
		{
			"invitation", Message{Text: hi, Files: []Part{part("i.ics", request)}},
			[]string{
				"/mixed/alternative text/plain 7bit",
				"/mixed/alternative text/calendar quoted-printable",
				"/mixed text/calendar base64 attachment i.ics",
			},
		},
		{
			"invitation from a pipe", Message{Text: hi, HTML: textPart("<p>hi"), Files: []Part{pipe("i.ics", request)}},
			[]string{
				"/mixed/alternative text/plain 7bit",
				"/mixed/alternative text/html 7bit",
				"/mixed/alternative text/calendar quoted-printable",
				"/mixed text/calendar base64 attachment i.ics",
			},
		},
		{
			"invitation without text", Message{Files: []Part{part("i.ics", request)}},
			[]string{"/mixed text/calendar quoted-printable", "/mixed text/calendar base64 attachment i.ics"},
		},
		{
			"two invitations", Message{Text: hi, Files: []Part{part("i.ics", request), part("j.ics", request)}},
			[]string{
				"/mixed/alternative text/plain 7bit",
				"/mixed/alternative text/calendar quoted-printable",
				"/mixed text/calendar base64 attachment i.ics",
				"/mixed text/calendar base64 attachment j.ics",
			},
		},
		{
			"long invitation", Message{Text: hi, Files: []Part{part("i.ics", long)}},
			[]string{
				"/mixed/alternative text/plain 7bit",
				"/mixed/alternative text/calendar quoted-printable",
				"/mixed text/calendar base64 attachment i.ics",
			},
		},
		{
			"invitation too long for a pipe", Message{Text: hi, Files: []Part{pipe("i.ics", long)}},
			[]string{"/mixed text/plain 7bit", "/mixed text/calendar base64 attachment i.ics"},
		},
		{
			"published calendar", Message{Text: hi, Files: []Part{part("i.ics", invite("publish"))}},
			[]string{"/mixed text/plain 7bit", "/mixed text/calendar base64 attachment i.ics"},
		},
		{
			"NUL", Message{Text: textPart("a\x00b"), Files: []Part{part("f.png", "y")}},
			[]string{
				"/mixed text/plain 7bit",
				"/mixed application/octet-stream base64 attachment body.bin",
				"/mixed image/png base64 attachment f.png",
			},
		},
		{
			"allowed to be empty", Message{AllowEmpty: true},
			[]string{"/mixed text/plain 7bit"},
		},
		{
			"files without names", Message{Files: []Part{typed("image/x"), typed("text/plain")}},
			[]string{
				"/mixed image/x base64 attachment part-1.bin",
				"/mixed text/plain base64 attachment part-2.txt",
			},
		},
		{
			"one name twice", Message{Files: []Part{part("a.png", "x"), part("a.png", "y")}},
			[]string{"/mixed image/png base64 attachment a.png", "/mixed image/png base64 attachment a.png"},
		},
		{
			"files that look like entities",
			Message{Files: []Part{part("x.multi", "--x\n\ny\n--x--"), part("x.mail", "From: a\n\nb")}},
			[]string{
				"/mixed application/octet-stream base64 attachment x.multi",
				"/mixed application/octet-stream base64 attachment x.mail",
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := letter()
			m.Text, m.HTML, m.Files = c.m.Text, c.m.HTML, c.m.Files
			m.Related, m.AllowEmpty, m.Detect = c.m.Related, c.m.AllowEmpty, byName
			for _, m.CRLF = range []bool{false, true} {
				_, leaves := readBack(t, write(t, m))
				want := strings.Join(c.want, "\n") + "\n"
				if got := summary(leaves); got != want {
					t.Errorf("the message is\n%s, want\n%s", got, want)
				}
			}
		})
	}
}

func TestInvitation(t *testing.T) {
	m := letter()
	m.Detect = byName
	m.Text = textPart("hi")
	request := invite("REQUEST")
	m.Files = []Part{part("i.ics", request)}
	_, leaves := readBack(t, write(t, m))
	for _, l := range leaves[1:] {
		if l.params["method"] != "REQUEST" || l.params["charset"] != "utf-8" {
			t.Errorf("the parameters in %s are %v", l.path, l.params)
		}
	}
	if leaves[2].body != request {
		t.Errorf("the file is %q", leaves[2].body)
	}
	if got := strings.ReplaceAll(leaves[1].body, "\n", "\r\n"); got != request {
		t.Errorf("the part beside the text is %q", got)
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
				t.Errorf("WriteTo returned %v and wrote\n%s", err, b.String())
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
			t.Errorf("%+v: Empty returned %v", c.m, p.Empty())
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}
}
