//go:build linux

package testservers

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/emersion/go-message"
	"github.com/emersion/go-message/mail"
)

// muttrc has mutt ask nothing. Without the directory of folder, it would ask for it.
const muttrc = `
set folder=. idn_decode=no mbox_type=mbox header_cache="" wait_key=no sleep_time=0 mail_check=0 pipe_decode=yes quit=yes
set charset=utf-8 beep=no digest_collapse=no resolve=no wrap_headers=998
ignore *
unignore subject from to cc
`

// readMutt reads each mail by keys that it types. It pipes the header and the texts
// to files, and saves each file under the name that mutt suggests. Each mail has a
// Maildir of its own, because mutt sorts the mails of one by inode.
func readMutt(t *testing.T, w workspace, mails []string) []reading {
	w = w.in("mutt")
	w.write("rc", muttrc)
	return readEach(t, mails, func(i int, data string) reading {
		sub := w.in(fmt.Sprintf("%03d", i))
		entries := muttEntries(t, data)
		sub.write("box/new/mail", data)
		sub.in("box/cur")
		sub.in("box/tmp")
		keys := "<pipe-message>cat >head<enter><view-attachments><first-entry>"
		for n, e := range entries {
			if n > 0 {
				keys += "<next-entry>"
			}
			if e.name != "" {
				sub.in(strconv.Itoa(n))
			}
			keys += e.keys(n)
		}
		sub.write("keys", "push \""+keys+"<exit><exit>\"\n")
		cmd := sub.command("timeout", "60", "script", "-qec", "mutt -n -F ../rc -R -f box -e 'source keys'", "/dev/null")
		cmd.Env = append(cmd.Env, "TERM=xterm")
		run(t, cmd).want(t, 0)
		return muttReading(sub, entries)
	})
}

// muttReading returns what mutt has written.
func muttReading(w workspace, entries []muttEntry) reading {
	head, _, _ := strings.Cut(strings.ReplaceAll(w.read("head"), "\n ", " "), "\n\n")
	fields := parseFields(head)
	subject, files := fields["Subject"], []file{}
	r := reading{
		Subject: &subject, From: parseMailboxes(fields["From"]), To: parseMailboxes(fields["To"]),
		Cc: parseMailboxes(fields["Cc"]), Files: &files,
	}
	for n, e := range entries {
		switch {
		case e.mediaType == "message/rfc822":
			files = append(files, file{Inner: subjectOf(w.read(fmt.Sprintf("mail%d", n)))})
		case e.name != "":
			for name, content := range w.files(strconv.Itoa(n)) {
				files = append(files, file{Name: name, Sum: sum(content)})
			}
		case e.mediaType == "text/plain" && !e.inner:
			text := w.read("text")
			r.Text = &text
		case e.mediaType == "text/html":
			html := w.read("html")
			r.HTML = &html
		}
	}
	return r
}

// A muttEntry is a line of mutt's list of parts.
type muttEntry struct {
	mediaType, name string
	foreign         bool // the charset is not UTF-8
	inner           bool // the part belongs to an attached mail
}

// keys returns the keys that write the entry to a file or a directory.
func (e muttEntry) keys(n int) string {
	switch {
	case e.mediaType == "message/rfc822":
		return fmt.Sprintf("<pipe-entry>cat >mail%d<enter>", n)
	case e.name != "" && e.foreign:
		return fmt.Sprintf("<save-entry><bol>%d/<enter>n", n) // n: do not convert it to UTF-8
	case e.name != "":
		return fmt.Sprintf("<save-entry><bol>%d/<enter>", n)
	case e.mediaType == "text/plain" && !e.inner:
		return "<pipe-entry>cat >text<enter>"
	case e.mediaType == "text/html":
		return "<pipe-entry>cat >html<enter>"
	}
	return ""
}

// muttEntries returns the parts of a mail that mutt lists: all except the outermost
// multipart, and the text of an attached mail after it.
func muttEntries(t *testing.T, data string) []muttEntry {
	t.Helper()
	m, err := message.Read(strings.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	var all []muttEntry
	err = m.Walk(func(path []int, part *message.Entity, err error) error {
		mediaType, params, _ := part.Header.ContentType()
		if len(path) == 0 && strings.HasPrefix(mediaType, "multipart/") {
			return err
		}
		name, _ := (&mail.AttachmentHeader{Header: part.Header}).Filename()
		charset := strings.ToLower(params["charset"])
		foreign := charset != "" && charset != "utf-8" && charset != "us-ascii"
		all = append(all, muttEntry{mediaType: mediaType, name: name, foreign: foreign})
		if mediaType == "message/rfc822" {
			all = append(all, muttEntry{mediaType: "text/plain", inner: true})
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
