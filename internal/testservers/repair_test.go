//go:build linux

package testservers

import (
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
	}
}

// unreadable are facts that a reader reads wrong: some commands convert no text, and
// ripmime changes line endings in quoted-printable.
var unreadable = [][3]string{
	{"mblaze", "koi8-r", "text"}, {"reformime", "koi8-r", "text"}, {"ripmime", "parts", "contents"},
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
