package inspect

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
)

// Mails that are made to be slow end soon, with the findings that are to be expected.
func TestHostile(t *testing.T) {
	const mib = 1 << 20
	field := func(name, begin, repeated, end string) string {
		return top + name + ": " + begin + strings.Repeat(repeated, mib/4/len(repeated)) + end + "\n\n"
	}
	const (
		multipart = "Content-Type: multipart/mixed; boundary=c\n\n--c\n\n--b\n"
		status    = "Final-Recipient: a;b@c\n\n"
	)
	for name, c := range map[string]struct{ mail, want string }{
		"100,000 multiparts":  {nested(100_000), "limit-depth"},
		"1,000,000 parts":     {mixed(strings.Repeat("\n--b\n", mib)), "limit-parts"},
		"parts without end":   {mixed(strings.Repeat(multipart, 1000)), "multipart-unclosed"},
		"zip bomb":            {bomb(t), ""},
		"long header":         {top + strings.Repeat("X: y\n", mib), "limit-header"},
		"short fields":        {top + strings.Repeat("X:\n", mib/4) + "\n", ""},
		"long line in header": {field("X-A", "", "x", ""), "header-length"},
		"comments":            {field("Date", "", "(", ""), "date-syntax"},
		"comments of a type":  {field("Content-Type", "text/plain", "(", ""), "type-syntax"},
		"comments of an ID":   {field("References", "<1@b.org>", "( ", ""), "references"},
		"quotes":              {field("To", `"`, `\"`, ""), "address-syntax"},
		"addresses":           {field("To", "", "a@b.org, ", "c@b.org"), "header-length"},
		"groups":              {field("To", "", "a:", ""), "address-syntax"},
		"encoded words":       {field("Subject", "", "=?utf-8?q?x?= ", ""), "header-length"},
		"half encoded words":  {field("Subject", "", "=?utf-8?q?x ", ""), "word-syntax"},
		"half encoded names":  {field("To", "", "=?utf-8?q?", ""), "address-syntax"},
		"parameters":          {field("Content-Type", "text/plain", "; a=b", ""), "parameter-duplicate"},
		"sections":            {field("Content-Disposition", "inline", "; filename*1=b", ""), "parameter-gap"},
		"semicolons":          {field("Content-Type", "text/plain", ";", ""), "type-syntax"},
		"URLs":                {field("List-Unsubscribe", "<a:b>", ", <a:b>", ""), "header-length"},
		"cid URLs":            {mime + page(strings.Repeat("<img src=cid:x>", mib/15)), "cid-unknown"},
		"one tag":             {mime + page("<p "+strings.Repeat("a=b ", mib/2)), ""},
		"styles":              {mime + page("<p style='"+strings.Repeat("url(", mib/4)+"'>"), ""},
		"padding":             {encoded("base64") + strings.Repeat("=", mib), "base64-padding"},
		"equals signs":        {encoded("quoted-printable") + strings.Repeat("=", mib), "quoted-escape"},
		"spaces":              {encoded("quoted-printable") + strings.Repeat(" ", mib), "quoted-line"},
		"delimiters":          {mixed(strings.Repeat("\n--bb", mib/5)), "boundary-content"},
		"statuses":            {typed("message/delivery-status") + strings.Repeat(status, mib/20), "limit-header"},
		"binary":              {strings.Repeat("\x00\xff\r", mib), "limit-header"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			done := make(chan []string, 1)
			go func() { done <- ids(t, c.mail) }()
			select {
			case found := <-done:
				if c.want != "" && !slices.Contains(found, c.want) {
					t.Errorf("found %q, want %s", found, c.want)
				}
			case <-time.After(time.Minute):
				t.Error("it takes more than a minute")
			}
		})
	}
}

// bomb returns a mail with a small archive of much.
func bomb(t *testing.T) string {
	t.Helper()
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	for _, name := range []string{"word/document.xml", "[Content_Types].xml", "a"} {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.CopyN(w, zeros{}, 4<<20)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return strings.Replace(encoded("base64"), "text/plain; charset=utf-8", "application/zip; name=a.docx", 1) +
		base64.StdEncoding.EncodeToString(archive.Bytes()) + "\n"
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
