package compose

import (
	"strings"
	"testing"
)

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
