//go:build linux

package testservers

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// A reading is a mail as a reader shows it. A field that the reader does not
// report is nil.
type reading struct {
	Subject  *string
	From     *[]mailbox
	To, Cc   *[]mailbox
	Text     *string
	HTML     *string
	Files    *[]file  // in the order of the mail
	Contents []string // in place of Files, if the reader loses the names: their sums
	Defects  []string
}

// A file is an attachment.
type file struct {
	Name  string
	Sum   string // SHA-256 of its octets
	Inner string // of a message/rfc822: its subject
}

// A reader is a program or a library of others.
type reader struct {
	name     string
	programs []string // which it needs
	read     func(t *testing.T, w workspace, mails []string) []reading
	missing  string // what it does not report, for the log
}

var readers = []reader{
	{"Python email", []string{"/usr/bin/python3"}, readWithScript("/usr/bin/python3", "read.py"), "nothing"},
	{"Perl MIME::Parser", []string{"perl"}, readWithScript("perl", "read.pl"), "nothing"},
	{"go-message", nil, readGoMessage, "nothing"},
	{"enmime", nil, readEnmime, "nothing"},
	{"notmuch", []string{"notmuch"}, readNotmuch, "nothing"},
	{"mblaze", []string{"mshow", "mhdr", "maddr"}, readMblaze, "HTML"},
	{"reformime", []string{"reformime"}, readReformime, "subjects, addresses"},
	{"mutt", []string{"mutt", "script"}, readMutt, "nothing"},
	{"munpack", []string{"munpack"}, readMunpack, "all but the contents: it does not know RFC 2231"},
	{"ripmime", []string{"ripmime"}, readRipmime, "subjects, addresses, texts, HTML"},
}

// A knownError is something that a reader reads incorrectly. Its sample may be a pattern
// of path.Match.
type knownError struct{ reader, sample, fact, reason string }

const (
	decodesTwice = "decodes what RFC 2231 has decoded (RFC 2047 §5 forbids encoded words in parameters)"
	losesQuotes  = "shows names and local parts without their quotes, words joined"
	losesCR      = "removes the CR from lines of attached texts"
)

var knownErrors = []knownError{
	{"Python email", "address: long name", "from", "keeps the spaces between encoded words (RFC 2047 §6.2)"},
	{"go-message", "file name: like an encoded word", "files", decodesTwice},
	{"enmime", "file name: like an encoded word", "files", decodesTwice},
	{"enmime", "address: a name like an encoded word", "from", "decodes a name twice"},
	{"enmime", "file: inline text", "text", "adds an inline file to the text"},
	{"mutt", "file: *mail", "files", "lists an attached mail by its subject, not by its name"},
	{"mutt", "address: quote*", "from", losesQuotes},
	{"mutt", "address: quote*", "to", losesQuotes},
	{"mutt", "file: dos.csv", "files", losesCR},
	{"mutt", "file: meeting.ics", "files", losesCR},
	{"mutt", "subject: 10,000 characters", "subject", "shows at most 8,192 octets of a field"},
	{"mutt", "output: CRLF", "subject", "keeps the CR: its mailboxes have LF"},
	{"munpack", "file: dos.csv", "contents", losesCR},
	{"munpack", "file: meeting.ics", "contents", losesCR},
	{"mblaze", "subject: 10,000 characters", "subject", "decodes at most 4,096 octets of a field"},
	{"notmuch", "file: *mail", "files", "has no file name of message/rfc822 in its JSON"},
}

// TestReaders composes all samples and has each reader read them.
func TestReaders(t *testing.T) {
	t.Parallel()
	all := samples()
	if len(all) < 60 {
		t.Fatalf("only %d samples", len(all))
	}
	w := newWorkspace(t)
	var mails []string
	for i := range all {
		mail := all[i].compose(w.in(fmt.Sprintf("files/%03d", i)))
		mails = append(mails, w.write(fmt.Sprintf("mails/%03d.eml", i), mail))
	}
	for _, r := range readers {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			Need(t, r.programs...)
			readings := r.read(t, w, mails)
			if len(readings) != len(all) {
				t.Fatalf("%d mails were read, want %d", len(readings), len(all))
			}
			known := errorsOf(r)
			seen := make([]bool, len(known))
			for i, s := range all {
				for _, d := range s.differences(readings[i]) {
					at := slices.IndexFunc(known, func(e knownError) bool { return e.matches(s.name, d.fact) })
					if at < 0 {
						t.Errorf("%s (%s): %s: %s", s.name, path.Base(mails[i]), d.fact, d.text)
						continue
					}
					seen[at] = true
				}
			}
			for i, e := range known {
				if !seen[i] {
					t.Errorf("%s reads %s of %q right: remove the row from knownErrors", r.name, e.fact, e.sample)
				}
			}
			t.Logf("%d mails were read. Not reported: %s", len(all), r.missing)
		})
	}
}

// errorsOf returns the known errors of a reader.
func errorsOf(r reader) []knownError {
	return slices.DeleteFunc(slices.Clone(knownErrors), func(e knownError) bool { return e.reader != r.name })
}

func (e knownError) matches(sample, fact string) bool {
	ok, _ := path.Match(e.sample, sample)
	return ok && e.fact == fact
}

// A wrongFact is something that a reader reads incorrectly in a sample.
type wrongFact struct{ fact, text string }

// differences returns what differs between a reading and the sample.
func (s sample) differences(r reading) []wrongFact {
	var all []wrongFact
	differ := func(fact string, got, want any) {
		all = append(all, wrongFact{fact, fmt.Sprintf("%.200q, want %.200q", got, want)})
	}
	if r.Subject != nil && *r.Subject != s.wantSubject() {
		differ("subject", shorten(*r.Subject), shorten(s.wantSubject()))
	}
	for _, field := range []struct {
		name  string
		got   *[]mailbox
		typed []string
	}{{"from", r.From, []string{s.from}}, {"to", r.To, s.to}, {"cc", r.Cc, s.cc}} {
		if field.got == nil {
			continue
		}
		if got, want := withoutQuotes(*field.got), mailboxes(field.typed); !slices.Equal(got, want) {
			differ(field.name, got, want)
		}
	}
	if r.Text != nil && s.text != "*" && trimEnd(*r.Text) != trimEnd(s.text) {
		differ("text", shorten(trimEnd(*r.Text)), shorten(trimEnd(s.text)))
	}
	if r.HTML != nil && s.html != "*" && trimEnd(*r.HTML) != trimEnd(s.html) {
		differ("html", *r.HTML, s.html)
	}
	if r.Files != nil {
		if got, want := *r.Files, s.wantFiles(*r.Files); !slices.Equal(got, want) {
			differ("files", got, want)
		}
	}
	if r.Contents != nil {
		contents := slices.Clone(r.Contents)
		for _, f := range s.files {
			if i := slices.Index(contents, sum(f.data)); i >= 0 {
				contents = slices.Delete(contents, i, i+1)
			} else if s.inner == "" {
				differ("contents", len(f.data), f.name)
			}
		}
	}
	if len(r.Defects) > 0 {
		differ("defects", r.Defects, []string{})
	}
	return all
}

// wantFiles returns the files of the sample. If a reader gives the subject of an
// attached mail and not its octets, that is enough.
func (s sample) wantFiles(got []file) []file {
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

// trimEnd returns a text with LF line endings, and without those at its end, which
// readers add and remove.
func trimEnd(text string) string {
	return strings.TrimRight(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
}

// shorten returns the beginning of a long text, and its length.
func shorten(text string) string {
	if utf8.RuneCountInString(text) < 150 {
		return text
	}
	return fmt.Sprintf("%.60s...(%d octets)", text, len(text))
}

func sum(data string) string {
	s := sha256.Sum256([]byte(data))
	return hex.EncodeToString(s[:])
}
