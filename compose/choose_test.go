package compose

import (
	"slices"
	"strings"
	"testing"
)

// A message is sent as 7bit or 8bit. If that is not possible, or a line
// in it looks like a boundary, it is sent as a file in base64.
func TestAttachedMessages(t *testing.T) {
	const (
		as7bit = "message/rfc822 7bit"
		as8bit = "message/rfc822 8bit"
		asFile = "application/octet-stream base64"
	)
	long := "Subject: x\n\n" + strings.Repeat("line\n", 40_000)
	for _, c := range []struct {
		part     Part
		encoding string
		want     string
		body     string
		why      string // in the note
	}{
		{part("a.eml", "Subject: x\r\n\r\nbody\r\n"), "", as7bit, "Subject: x\n\nbody\n", ""},
		{pipe("a.eml", "Subject: x\n\nbody"), "", as7bit, "Subject: x\n\nbody", ""},
		{part("a.eml", "Subject: x\n\né\n"), "", as8bit, "Subject: x\n\né\n", ""},
		{part("a.eml", long), "", as7bit, long, ""},
		{pipe("a.eml", long), "", asFile, long, "it is too long to be checked before it is sent"},

		{part("a.eml", "Subject: x\n\né\n"), "7bit", asFile, "Subject: x\n\né\n", "it contains octets over 127"},
		{part("a.eml", "Subject: x\n\nb\n"), "base64", asFile, "Subject: x\n\nb\n", "a message must not be encoded"},
		{part("a.eml", "Subject: x\n\na\rb"), "", asFile, "Subject: x\n\na\rb", "it contains a bare CR"},
		{part("a.eml", "Subject: x\n\na\x00b"), "", asFile, "Subject: x\n\na\x00b", "it contains NUL"},
		{part("a.eml", "Subject: x\n\n--=_1_b\n"), "", asFile, "Subject: x\n\n--=_1_b\n", "it contains a boundary"},
		{
			part("a.eml", "Subject: x\n\n"+strings.Repeat("x", 999)), "",
			asFile, "Subject: x\n\n" + strings.Repeat("x", 999), "it has a line of more than 998 octets",
		},
		{
			part("a.eml", "From a@b Mon\nSubject: x\n\nb\n"), "",
			asFile, "From a@b Mon\nSubject: x\n\nb\n", "it does not begin with a header field",
		},
		{part("a.eml", ""), "", asFile, "", "it does not begin with a header field"},
	} {
		m := letter()
		m.Detect = byName
		var notes []string
		m.Note = addTo(&notes)
		c.part.Encoding = c.encoding
		m.Text, m.Files = textPart("hi"), []Part{c.part}
		header, leaves := readBack(t, write(t, m))
		l := leaves[1]
		if got := l.mediaType + " " + l.encoding; got != c.want || l.name != "a.eml" {
			t.Errorf("%.40q is sent as %s %s, want %s", c.body, got, l.name, c.want)
		}
		if l.body != c.body {
			t.Errorf("%.40q is read as %.60q", c.body, l.body)
		}
		top := header.Get("Content-Transfer-Encoding")
		if (top == "8bit") != (l.encoding == "8bit") {
			t.Errorf("the multipart around a part in %s declares %q", l.encoding, top)
		}
		note := strings.Join(notes, "\n")
		begin := "a.eml is sent as application/octet-stream, not as a message: " + c.why
		if c.why == "" && note != "" || c.why != "" && !strings.HasPrefix(note, begin) {
			t.Errorf("%.40q: the notes are %q, want %q", c.body, notes, begin)
		}
	}
}

// The keys of a file are used as they are given.
func TestFileKeys(t *testing.T) {
	p := part("x.dat", "a,é\r\nb,c\n")
	p.Type, p.Charset, p.Disposition, p.Encoding = "text/csv; header=present", "utf-8", "inline", "quoted-printable"
	m := letter()
	m.Files = []Part{p}
	_, leaves := readBack(t, write(t, m))
	l := leaves[0]
	got := []string{
		l.mediaType, l.params["header"], l.params["charset"], l.disposition, l.encoding, l.body,
	}
	want := []string{"text/csv", "present", "utf-8", "inline", "quoted-printable", "a,é\nb,c\n"}
	if !slices.Equal(got, want) || l.cid == "" {
		t.Errorf("the file is sent as %q with Content-ID %q, want %q", got, l.cid, want)
	}
	m.Files[0].Type = "application/x-thing"
	_, leaves = readBack(t, write(t, m))
	if want := "a,é\r\nb,c\n"; leaves[0].body != want {
		t.Errorf("a file that is not text is sent in quoted-printable as %q, want %q", leaves[0].body, want)
	}
}
