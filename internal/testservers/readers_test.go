//go:build linux

package testservers

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/mail"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// reading is what a reader made of a mail. What it says nothing of is nil.
type reading struct {
	Subject  *string
	From     *[]mailbox
	To, Cc   *[]mailbox
	Text     *string
	HTML     *string
	Files    *[]file  // in their order
	Contents []string // instead of Files: sums of all that was unpacked, for readers that lose names
	Defects  []string
}

// mailbox is a display name and an address.
type mailbox [2]string

type file struct {
	Name  string
	Sum   string // SHA-256 of the octets
	Inner string // of message/rfc822: its subject
}

// reader is a program that others wrote.
type reader struct {
	name  string
	needs []string
	read  func(t *testing.T, d desk, mails []string) []reading
	lacks string // what it cannot tell, for the table
}

// known are the places where a reader is wrong, each with the reason. A row
// that is not needed fails the test: readers get better.
var known = []struct{ reader, specimen, fact, reason string }{
	{"Python email", "address: long name", "from", "keeps the blanks between encoded words of a phrase (RFC 2047 §6.2 drops them)"},
	{"go-message", "file name: like an encoded word", "files", "decodes what RFC 2231 already decoded once more (RFC 2047 §5 forbids it in parameters)"},
	{"enmime", "file name: like an encoded word", "files", "decodes what RFC 2231 already decoded once more (RFC 2047 §5 forbids it in parameters)"},
	{"enmime", "address: a name like an encoded word", "from", "decodes a name twice"},
	{"enmime", "file: text in base64 by hand", "text", "takes an inline file for more of the text"},
	{"mutt", "file: *mail", "files", "lists an attached mail by its subject, not by its name"},
	{"mutt", "address: quote*", "from", "shows names and local parts without their quotes, words joined"},
	{"mutt", "address: quote*", "to", "shows names and local parts without their quotes, words joined"},
	{"mutt", "file: dos.csv", "files", "takes the CR off the lines of attached texts"},
	{"mutt", "file: meeting.ics", "files", "takes the CR off the lines of attached texts"},
	{"mutt", "subject: 10,000 characters", "subject", "shows no more than 8,192 octets of a field"},
	{"mutt", "output: CRLF", "subject", "keeps the CR: its mailboxes have LF"},

	{"munpack", "file: dos.csv", "contents", "takes the CR off the lines of attached texts"},
	{"munpack", "file: meeting.ics", "contents", "takes the CR off the lines of attached texts"},
	{"mblaze", "subject: 10,000 characters", "subject", "decodes no more than 4,096 octets of a field"},
	{"notmuch", "file: *mail", "files", "its JSON names no file for message/rfc822"},
}

// TestReaders writes all specimens and has every reader read them back.
func TestReaders(t *testing.T) {
	all := specimens()
	if len(all) < 60 {
		t.Fatalf("only %d mails", len(all))
	}
	d := newDesk(t)
	var mails []string
	for i := range all {
		name := fmt.Sprintf("mails/%03d.eml", i)
		sub := d.in(fmt.Sprintf("made%03d", i))
		all[i].compose(sub, "out.eml")
		d.write(name, string(sub.read("out.eml")))
		mails = append(mails, d.path(name))
	}
	used := make([]bool, len(known))
	for _, r := range readers {
		t.Run(r.name, func(t *testing.T) {
			Need(t, r.needs...)
			readings := r.read(t, d, mails)
			if len(readings) != len(all) {
				t.Fatalf("%d mails were read, want %d", len(readings), len(all))
			}
			wrong := 0
			for i, s := range all {
				for _, fact := range s.compare(readings[i]) {
					name, _, _ := strings.Cut(fact, ":")
					at := slices.IndexFunc(known, func(k struct{ reader, specimen, fact, reason string }) bool {
						ok, _ := path.Match(k.specimen, s.name)
						return k.reader == r.name && ok && k.fact == name
					})
					if at < 0 {
						t.Errorf("%s (%s): %s", s.name, path.Base(mails[i]), fact)
						continue
					}
					used[at] = true
					wrong++
				}
			}
			t.Logf("%d mails read; %d facts known to be read wrong; it says nothing of: %s", len(all), wrong, r.lacks)
			for at, k := range known {
				if k.reader == r.name && !used[at] {
					t.Errorf("%s reads %s of %q right: take the row out of the table", r.name, k.fact, k.specimen)
				}
			}
		})
	}
}

// compare returns the facts that a reader got wrong, each "fact: how".
func (s specimen) compare(r reading) []string {
	var wrong []string
	differ := func(fact string, got, want any) {
		wrong = append(wrong, fmt.Sprintf("%s: %.200q, want %.200q", fact, got, want))
	}
	if r.Subject != nil {
		want := s.subject
		if want == "-" {
			want = ""
		}
		if *r.Subject != want {
			differ("subject", ends(*r.Subject), ends(want))
		}
	}
	for _, field := range []struct {
		name  string
		got   *[]mailbox
		typed []string
	}{{"from", r.From, []string{s.from}}, {"to", r.To, s.to}, {"cc", r.Cc, s.cc}} {
		if field.got != nil && !slices.Equal(tidy(*field.got), mailboxes(field.typed)) {
			differ(field.name, tidy(*field.got), mailboxes(field.typed))
		}
	}
	if r.Text != nil && s.text != "*" && lines(*r.Text) != lines(s.text) {
		differ("text", ends(lines(*r.Text)), ends(lines(s.text)))
	}
	if r.HTML != nil && s.html != "*" && lines(*r.HTML) != lines(s.html) {
		differ("html", *r.HTML, s.html)
	}
	if r.Files != nil {
		if got, want := *r.Files, s.wantFiles(*r.Files); !slices.Equal(got, want) {
			differ("files", got, want)
		}
	}
	if r.Contents != nil {
		for _, f := range s.files {
			if i := slices.Index(r.Contents, sum(f.data)); i < 0 && s.inner == "" {
				differ("contents", len(f.data), f.name)
			} else if i >= 0 {
				r.Contents = slices.Delete(slices.Clone(r.Contents), i, i+1)
			}
		}
	}
	if len(r.Defects) > 0 {
		differ("defects", r.Defects, []string{})
	}
	return wrong
}

// wantFiles is what should be read. A reader that gives the subject of an
// attached mail in place of its octets is held to that.
func (s specimen) wantFiles(got []file) []file {
	var want []file
	for i, f := range s.files {
		w := file{Name: path.Base(f.name), Sum: sum(f.data)}
		if s.inner != "" && i < len(got) && got[i].Inner != "" {
			w = file{Name: w.Name, Inner: s.inner}
		}
		want = append(want, w)
	}
	return want
}

// mailboxes are addresses as a reader shows them.
func mailboxes(typed []string) []mailbox {
	var all []mailbox
	for _, text := range typed {
		a, err := mail.ParseAddress(text)
		if err != nil {
			panic(err)
		}
		local, domain, _ := cutLast(a.Address, "@")
		if ascii, err := idna.Lookup.ToASCII(domain); err == nil {
			domain = ascii
		}
		all = append(all, mailbox{a.Name, local + "@" + domain})
	}
	return all
}

// tidy takes the quotes off local parts: readers differ in them.
func tidy(all []mailbox) []mailbox {
	var tidied []mailbox
	for _, m := range all {
		if local, domain, ok := cutLast(m[1], "@"); ok && strings.HasPrefix(local, `"`) {
			if unquoted, err := strconv.Unquote(local); err == nil {
				m[1] = unquoted + "@" + domain
			}
		}
		tidied = append(tidied, m)
	}
	return tidied
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// lines is a text without the line ends that readers add or take at its end.
func lines(text string) string {
	return strings.TrimRight(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
}

// ends shortens a text for a message, and says how long it is.
func ends(text string) string {
	if utf8.RuneCountInString(text) < 150 {
		return text
	}
	return fmt.Sprintf("%.60s...(%d octets)", text, len(text))
}

func sum(data string) string {
	s := sha256.Sum256([]byte(data))
	return hex.EncodeToString(s[:])
}
