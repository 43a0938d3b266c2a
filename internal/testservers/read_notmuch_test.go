//go:build linux

package testservers

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/emersion/go-message"
)

// A notmuchPart is a part of a mail in the JSON of notmuch.
type notmuchPart struct {
	ID       int
	Type     string `json:"content-type"`
	Filename string
	Content  json.RawMessage
}

// readNotmuch adds all mails to an index, and shows each by its Message-ID.
func readNotmuch(t *testing.T, w workspace, mails []string) []reading {
	w = w.in("notmuch")
	var ids []string
	readEach(t, mails, func(i int, data string) reading {
		m, err := message.Read(strings.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		w.write(fmt.Sprintf("mails/new/%d", i), data)
		ids = append(ids, strings.Trim(m.Header.Get("Message-Id"), "<>"))
		return reading{}
	})
	w.in("mails/cur")
	w.in("mails/tmp")
	w.write("rc", "[database]\npath="+w.path("mails")+"\n[user]\nname=x\nprimary_email=x@example.org\n[new]\ntags=\n")
	w.sh("notmuch --config=rc new").want(t, 0)
	var all []reading
	for _, id := range ids {
		all = append(all, notmuchReading(t, w, id))
	}
	return all
}

func notmuchReading(t *testing.T, w workspace, id string) reading {
	t.Helper()
	r := w.sh("notmuch --config=rc show --format=json --include-html --entire-thread=false id:'" + id + "'")
	r.want(t, 0)
	var mail struct {
		Headers struct{ Subject, From, To, Cc string }
		Body    []notmuchPart
	}
	mailJSON := strings.TrimLeft(strings.TrimSpace(r.out), "[") // in lists of threads
	if err := json.NewDecoder(strings.NewReader(mailJSON)).Decode(&mail); err != nil {
		t.Fatalf("%v: %.300s", err, r.out)
	}
	decode := func(content json.RawMessage, into any) {
		t.Helper()
		if err := json.Unmarshal(content, into); err != nil {
			t.Fatal(err)
		}
	}
	text, html, files := "", "", []file{}
	var walk func(parts []notmuchPart)
	walk = func(parts []notmuchPart) {
		for _, p := range parts {
			switch {
			case strings.HasPrefix(p.Type, "multipart/"):
				var nested []notmuchPart
				decode(p.Content, &nested)
				walk(nested)
			case p.Filename == "" && p.Type == "text/html":
				decode(p.Content, &html)
			case p.Filename == "" && strings.HasPrefix(p.Type, "text/"):
				decode(p.Content, &text)
			case p.Type == "message/rfc822":
				var mails []struct{ Headers struct{ Subject string } }
				decode(p.Content, &mails)
				files = append(files, file{Name: p.Filename, Inner: mails[0].Headers.Subject})
			default:
				raw := w.sh(fmt.Sprintf("notmuch --config=rc show --format=raw --part=%d id:'%s'", p.ID, id))
				files = append(files, file{Name: p.Filename, Sum: sum(raw.out)})
			}
		}
	}
	walk(mail.Body)
	return reading{
		Subject: &mail.Headers.Subject, From: parseMailboxes(mail.Headers.From), To: parseMailboxes(mail.Headers.To),
		Cc: parseMailboxes(mail.Headers.Cc), Text: &text, HTML: &html, Files: &files,
	}
}
