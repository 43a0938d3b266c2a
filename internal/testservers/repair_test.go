//go:build linux

package testservers

import (
	"encoding/base64"
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"
)

// repairSamples are mails as programs write them, and what a reader must see after
// deliver --repair.
func repairSamples() []struct {
	sample
	raw string
} {
	long := strings.Repeat("0123456789", 500)
	head := "From: Al <a@example.org>\nTo: bob@example.org\n"
	pdf := "%PDF\x00\xff\n\n.\n" // without a CR, which munpack and ripmime remove from quoted-printable
	plain := func(name, subject, text string) sample {
		return sample{name: name, from: "Al <a@example.org>", to: []string{bob}, subject: subject, text: text}
	}
	files := plain("parts", "Été", "l'été\n10%\r20%\n")
	files.files = one("é té.pdf", pdf)
	nested := plain("nested, without an end", "x", "l'été\n")
	nested.html, nested.files = "<p>l'été</p>\n", one("deux étés.bin", "\x00\xff\x00\xff\x00\xff")
	attached := plain("attached mail", "x", "été\n")
	attached.files, attached.inner = one("mail.eml", "From: a@example.org\nSubject: =?utf-8?B?w4l0w6k=?=\n"+
		"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n10%=0D=C3=A9"), "Été"
	names := plain("names", "x", "hi\n")
	names.to = []string{`"Böb, x" <bob@example.org>`, "Bö <carol@example.org>", "dave@example.org"}
	words := strings.Repeat("words of a text ", 100)
	return []struct {
		sample
		raw string
	}{
		{plain("UTF-8", "Cron é job", "été\n"), head + "Subject: Cron é job\nX-A: \xff\n\nété\n"},
		{plain("windows-1252", "café €", "d\u00e9j\u00e0 vu \u20ac\n"),
			head + "Subject: caf\xe9 \x80\n\nd\xe9j\xe0 vu \x80\n"},
		{plain("us-ascii", "é", "été\n"),
			head + "Subject: \xe9\nContent-Type: text/plain; charset=ANSI_X3.4-1968\n\nété\n"},
		{plain("koi8-r", "а", "аб\n"),
			head + "Subject: \xc1\nContent-Type: text/plain; charset=koi8-r\nContent-Transfer-Encoding: binary\n\n\xc1\xc2\n"},
		{plain("a long line", "x", long+"\n.\nFrom x\n"), head + "Subject: x\n\n" + long + "\n.\nFrom x\n"},
		{plain("progress", "x", "10%\r20%\rend\n"), head + "Subject: x\n\n10%\r20%\rend\n"},
		{files, head + "Subject: \xc9t\xe9\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n" +
			"l'\xe9t\xe9\n10%\r20%\n\n--b\nContent-Type: application/pdf\n" +
			"Content-Disposition: attachment;\n filename=\"é té.pdf\"\n" +
			"Content-Transfer-Encoding: binary\n\n" + pdf},
		{nested, head + "Subject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n" +
			"Content-Type: multipart/alternative; boundary=c\n\n--c\nContent-Type: text/plain; charset=us-ascii\n\n" +
			"l'\xe9t\xe9\n--c\nContent-Type: TEXT/HTML; CHARSET=\"utf-8\"\n\n<p>l'\xe9té</p>\n--c--\n--b\n" +
			"Content-Type: application/octet-stream\nContent-Disposition: attachment;\n filename*0=\"deux \xe9t\";\n" +
			" filename*1=\"\xe9s.bin\"\n\n\x00\xff\x00\xff\x00\xff"},
		{attached, head + "Subject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n" +
			"\xe9t\xe9\r\n--b\nContent-Type: message/rfc822\n" +
			"Content-Disposition: attachment; filename=mail.eml\n\n" +
			"From: a@example.org\nSubject: \xc9t\xe9\n\n10%\r\xe9\n--b--\n"},
		{names, "From: Al <a@example.org>\nTo: \"B\xf6b, x\" <bob@example.org>, B\xf6 carol@example.org; dave@example.org\n" +
			"Subject: x\n\nhi\n"},
		{plain("a split character", "ét é", "x\n"),
			head + "Subject: =?utf-8?Q?=C3?= =?UTF-8?Q?=A9t?= \xe9\n\nx\n"},
		{plain("base64 in one line", "x", words+"\n"), head + "Subject: x\nMIME-Version: 1.0\n" +
			"Content-Transfer-Encoding: base64\n\n" + base64.StdEncoding.EncodeToString([]byte(words+"\n")) + "\n"},
		{plain("quoted-printable in one line", "x", "été "+words+".\n"), head + "Subject: x\nMIME-Version: 1.0\n" +
			"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: Quoted-Printable\n\n" +
			"=C3=A9té " + words + ".\n"},
	}
}

// unreadable are facts that a reader reads wrong: some commands convert no text, ripmime
// changes line endings in quoted-printable, maddr of mblaze splits a name at its comma,
// mutt and notmuch show no file name of an attached mail, and reformime does not decode
// its subject.
var unreadable = [][3]string{
	{"mblaze", "koi8-r", "text"}, {"reformime", "koi8-r", "text"}, {"ripmime", "parts", "contents"},
	{"mblaze", "names", "to"}, {"mutt", "attached mail", "files"}, {"notmuch", "attached mail", "files"},
	{"reformime", "attached mail", "files"},
}

// TestReadersOfRepairs has each reader read what deliver --repair sends. What is wrong
// there is wrong in a mail of compose, too.
func TestReadersOfRepairs(t *testing.T) {
	w := newWorkspace(t)
	var mails []string
	all := repairSamples()
	for i, s := range all {
		box := fmt.Sprintf("box%d", i)
		r := w.mailpipe(strings.NewReader(s.raw), "deliver", "--repair", "--config", "none", "-S", "sink:"+box)
		if r.code != 0 {
			t.Fatalf("%s: %+v", s.name, r)
		}
		for _, mail := range w.files(box + "/new") {
			_, mail, _ = strings.Cut(mail, "From: ") // after the fields of the sink
			mails = append(mails, w.write(fmt.Sprintf("mails/%d.eml", i), "From: "+mail))
		}
	}
	for _, r := range readers {
		t.Run(r.name, func(t *testing.T) {
			Need(t, r.programs...)
			for i, reading := range r.read(t, w, mails) {
				for _, d := range all[i].differences(reading) {
					if slices.Contains(unreadable, [3]string{r.name, all[i].name, d.fact}) {
						continue
					}
					t.Errorf("%s (%s): %s: %s", all[i].name, path.Base(mails[i]), d.fact, d.text)
				}
			}
		})
	}
}
