package wire

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
)

// A dialogue is a case of a file in testdata/dialogues: a delivery over one or
// more connections, and its result. It looks like this:
//
//	=== name of the case
//	to: a b
//	outcomes: accepted refused
//	error: permanent: b@x: 550 no
//	--- connection
//	hello PIPELINING
//	C: MAIL FROM:<alice@example.org>
//
// The first lines define what is delivered and the expected result. After
// "--- mail" follow those of the next mail of a Session. In "to" and
// "outcomes", a stands for a@x. "error" has the kind of the error, and words that
// it contains; without it there is no error. "content written" is whether the
// content was written; by default, it was if a recipient was accepted or its
// outcome is unknown. The other keys are in set. After "--- connection"
// follows the script of a connection: see scripted.
type dialogue struct {
	name     string
	envelope Envelope
	server   Server
	content  string
	scripts  []string

	outcomes string
	err      string // "kind: words", or empty
	written  string // "yes", "no", or empty

	next      *dialogue // of the same Session; only the first one has a server and scripts
	isUnknown bool      // Next of the mail before returns nil
	open      string    // the state of the Session afterwards: "yes", "no", or empty
	m         *Mail
}

func TestDialogues(t *testing.T) {
	files, err := filepath.Glob("testdata/dialogues/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no dialogues: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			for _, d := range readDialogues(t, file) {
				t.Run(d.name, func(t *testing.T) { synctest.Test(t, d.run) })
			}
		})
	}
}

func (d *dialogue) run(t *testing.T) {
	if d.next != nil {
		d.runSession(t)
		return
	}
	content := &text{s: d.content}
	r, _, err := deliver(t, d.server, d.envelope, content, d.scripts...)
	d.check(t, content, r, err)
}

// check checks the result.
func (d *dialogue) check(t *testing.T, content *text, r Receipt, err error) {
	t.Helper()
	if got := outcomes(r); got != d.outcomes {
		t.Errorf("outcomes: %s, want %s", got, d.outcomes)
	}
	checkError(t, err, d.err)
	written := d.written
	if written == "" && (strings.Contains(d.outcomes, "accepted") || strings.Contains(d.outcomes, "unknown")) {
		written = "yes"
	}
	if content.writes > 1 || (content.writes == 1) != (written == "yes") {
		t.Errorf("the content was written %d times", content.writes)
	}
}

// checkError fails the test unless err is as want says: "kind: words", or empty
// for no error.
func checkError(t *testing.T, err error, want string) {
	t.Helper()
	if want == "" {
		if err != nil {
			t.Errorf("error: %v, want none", err)
		}
		return
	}
	kind, words, _ := strings.Cut(want, ": ")
	e := asError(err)
	if e == nil || e.Kind.String() != kind || !strings.Contains(e.Error(), words) {
		t.Errorf("error: %s\nwant:  %s", describe(err), want)
	}
}

// describe returns an error with its kind.
func describe(err error) string {
	e := asError(err)
	if e == nil {
		return "none"
	}
	return e.Kind.String() + ": " + e.Error()
}

// readDialogues reads the cases of a file. Lines before the first case are
// comments.
func readDialogues(t *testing.T, file string) []*dialogue {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all []*dialogue
	for _, part := range strings.Split(string(data), "\n=== ")[1:] {
		head, scripts, _ := strings.Cut(part, "\n--- connection\n")
		name, settings, _ := strings.Cut(head, "\n")
		var first *dialogue
		last := &first
		for mail := range strings.SplitSeq(settings, "--- mail\n") {
			d := &dialogue{name: name, envelope: envelope(), content: "hi\r\n"}
			for line := range strings.Lines(mail) {
				key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
				if err := d.set(key, value); err != "" {
					t.Fatalf("%s: %s: %s: %s", file, name, key, err)
				}
			}
			*last, last = d, &d.next
		}
		first.scripts = strings.Split(scripts, "--- connection\n")
		all = append(all, first)
	}
	return all
}

// set sets what a line before the first script says. It returns what is wrong
// with the line.
func (d *dialogue) set(key, value string) (problem string) {
	e := &d.envelope
	yes := value == "yes"
	switch key {
	case "to":
		for _, to := range strings.Fields(value) {
			if !strings.Contains(to, "@") {
				to += "@x"
			}
			e.To = append(e.To, to)
		}
	case "from":
		e.From = strings.Trim(value, "<>")
	case "size":
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return err.Error()
		}
		e.Size = n
	case "8bit":
		e.EightBit, e.EightBitKnown = yes, value != "unknown"
	case "utf8":
		e.UTF8 = value
	case "notify":
		e.DSN.Notify = value
	case "notify of": // recipients, each with =NOTIFY
		e.Notify = map[string]string{}
		for _, word := range strings.Fields(value) {
			to, notify, _ := strings.Cut(word, "=")
			e.Notify[to] = notify
		}
	case "ret":
		e.DSN.Return = value
	case "envid":
		e.DSN.EnvelopeID = value
	case "all or nothing":
		e.AllOrNothing = yes
	case "chunking":
		e.Chunking = yes
	case "no pipelining":
		d.server.NoPipelining = yes
	case "lmtp":
		d.server.LMTP = yes
	case "content":
		return d.setContent(value)
	case "outcomes":
		d.outcomes = value
	case "error":
		d.err = value
	case "content written":
		d.written = value
	case "open":
		d.open = value
	case "known":
		d.isUnknown = !yes
	default:
		return "unknown key"
	}
	return ""
}

// setContent sets the content: quoted strings, of which each may be repeated, as
// in 3*"line\n" "end".
func (d *dialogue) setContent(value string) (problem string) {
	d.content = ""
	for value != "" {
		count := 1
		if times, rest, ok := strings.Cut(value, `*"`); ok && !strings.Contains(times, `"`) {
			n, err := strconv.Atoi(times)
			if err != nil {
				return err.Error()
			}
			count, value = n, `"`+rest
		}
		quoted, err := strconv.QuotedPrefix(value)
		if err != nil {
			return "not a quoted string: " + value
		}
		s, err := strconv.Unquote(quoted)
		if err != nil {
			return err.Error()
		}
		d.content += strings.Repeat(s, count)
		value = strings.TrimSpace(value[len(quoted):])
	}
	return ""
}
