//go:build linux

package testservers

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emersion/go-message"
	"github.com/emersion/go-message/mail"
	"github.com/jhillyerd/enmime/v2"
)

// readWithScript reads all mails with one run of a script of testdata, which prints
// a reading per line in JSON.
func readWithScript(program, script string) func(*testing.T, workspace, []string) []reading {
	return func(t *testing.T, w workspace, mails []string) []reading {
		name, err := filepath.Abs(filepath.Join("testdata", script))
		if err != nil {
			t.Fatal(err)
		}
		r := run(t, w.command(program, append([]string{name}, mails...)...))
		r.want(t, 0)
		if r.err != "" {
			t.Errorf("standard error:\n%s", r.err)
		}
		var all []reading
		lines := json.NewDecoder(strings.NewReader(r.out))
		for {
			var one reading
			err := lines.Decode(&one)
			if errors.Is(err, io.EOF) {
				return all
			}
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, one)
		}
	}
}

// readEach reads each mail with a function.
func readEach(t *testing.T, mails []string, read func(i int, data string) reading) []reading {
	t.Helper()
	var all []reading
	for i, path := range mails {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, read(i, string(data)))
	}
	return all
}

func readGoMessage(t *testing.T, _ workspace, mails []string) []reading {
	return readEach(t, mails, func(_ int, data string) (r reading) {
		note := func(err error) {
			if err != nil {
				r.Defects = append(r.Defects, err.Error())
			}
		}
		top, err := message.Read(strings.NewReader(data))
		note(err)
		h := mail.Header{Header: top.Header}
		subject, err := h.Subject()
		note(err)
		addresses := func(field string) *[]mailbox {
			list, err := h.AddressList(field)
			if field != "To" || !strings.Contains(h.Get("To"), ":;") { // it does not know empty groups
				note(err)
			}
			all := []mailbox{}
			for _, a := range list {
				all = append(all, mailbox{a.Name, a.Address})
			}
			return &all
		}
		text, html, files := "", "", []file{}
		note(top.Walk(func(_ []int, part *message.Entity, err error) error {
			note(err)
			mediaType, params, err := part.Header.ContentType()
			note(err)
			if strings.HasPrefix(mediaType, "multipart/") {
				return nil
			}
			body, err := io.ReadAll(part.Body)
			note(err)
			name, err := (&mail.AttachmentHeader{Header: part.Header}).Filename()
			note(err)
			switch {
			case name == "" && mediaType == "text/plain":
				text = string(body)
			case name == "" && mediaType == "text/html":
				html = string(body)
			default:
				files = append(files, file{Name: name, Sum: sum(attachedText(mediaType, params["charset"], body))})
			}
			return nil
		}))
		return reading{
			Subject: &subject, From: addresses("From"), To: addresses("To"), Cc: addresses("Cc"),
			Text: &text, HTML: &html, Files: &files, Defects: r.Defects,
		}
	})
}

// attachedText undoes the conversion of an attached text to UTF-8.
func attachedText(mediaType, charset string, body []byte) string {
	if strings.HasPrefix(mediaType, "text/") && (charset == "iso-8859-1" || charset == "windows-1252") {
		var b []byte
		for _, r := range string(body) {
			b = append(b, byte(r))
		}
		return string(b)
	}
	return string(body)
}

func readEnmime(t *testing.T, _ workspace, mails []string) []reading {
	return readEach(t, mails, func(_ int, data string) (r reading) {
		e, err := enmime.ReadEnvelope(strings.NewReader(data))
		if err != nil {
			return reading{Defects: []string{err.Error()}}
		}
		for _, err := range e.Errors {
			r.Defects = append(r.Defects, err.Error())
		}
		addresses := func(field string) *[]mailbox {
			all := []mailbox{}
			list, _ := e.AddressList(field)
			for _, a := range list {
				all = append(all, mailbox{a.Name, a.Address})
			}
			return &all
		}
		subject, files := e.GetHeader("Subject"), []file{}
		e.Root.DepthMatchAll(func(p *enmime.Part) bool {
			if p.FileName != "" {
				content := attachedText(p.ContentType, strings.ToLower(p.Charset), p.Content)
				files = append(files, file{Name: p.FileName, Sum: sum(content)})
			}
			return false
		})
		return reading{
			Subject: &subject, From: addresses("From"), To: addresses("To"), Cc: addresses("Cc"),
			Text: &e.Text, HTML: &e.HTML, Files: &files, Defects: r.Defects,
		}
	})
}
