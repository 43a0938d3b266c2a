package bounce

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"mailpipe/internal/spool"
	"mailpipe/internal/spool/directory"
)

// put returns a locked entry of a new spool, and a Writer for that spool.
func put(t *testing.T, e spool.Envelope) (*Writer, *spool.Entry) {
	t.Helper()
	s, err := directory.Open(t.TempDir() + "/spool")
	if err != nil {
		t.Fatal(err)
	}
	draft, err := s.Create()
	if err != nil {
		t.Fatal(err)
	}
	defer draft.Close()
	if _, err := io.WriteString(draft, mail); err != nil {
		t.Fatal(err)
	}
	e.Created, e.Recipients = created, []spool.Recipient{{Address: "bob@example.org"}}
	entry, err := draft.Commit(e)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		entry.Close()
		s.Close()
	})
	return &Writer{Spool: s, Now: func() time.Time { return created.Add(NoticeAge + 1) }, Content: Of}, entry
}

// A message has one bounce and one delay notice, however often it is saved.
func TestSavedTwice(t *testing.T) {
	const alice = "alice@example.org"
	tests := map[string]struct {
		envelope spool.Envelope
		written  bool
	}{
		"failed":         {spool.Envelope{State: spool.Failed, From: alice}, true},
		"failed, never":  {spool.Envelope{State: spool.Failed, From: alice, DSN: spool.DSN{Notify: "NEVER"}}, false},
		"failed, null":   {spool.Envelope{State: spool.Failed}, false},
		"failed bounce":  {spool.Envelope{State: spool.Failed, From: alice, BounceOf: "x"}, false},
		"delayed":        {spool.Envelope{State: spool.Queued, From: alice, DSN: spool.DSN{Notify: "DELAY"}}, true},
		"delayed, other": {spool.Envelope{State: spool.Queued, From: alice, DSN: spool.DSN{Notify: "FAILURE"}}, false},
		"held":           {spool.Envelope{State: spool.Held, From: alice, DSN: spool.DSN{Notify: "DELAY"}}, false},
	}
	for name, test := range tests {
		w, e := put(t, test.envelope)
		id, err := w.Save(e)
		if err != nil {
			t.Fatal(err)
		}
		if (id != "") != test.written || e.Unfinished() {
			t.Errorf("%s: written %q: %+v", name, id, e.Envelope)
		}
		if again, err := w.Save(e); again != "" || err != nil {
			t.Errorf("%s: written again: %q, %v", name, again, err)
		}
		ids, err := w.Spool.IDs()
		if want := map[bool]int{false: 1, true: 2}[test.written]; err != nil || len(ids) != want {
			t.Errorf("%s: %q, %v; want %d entries", name, ids, err, want)
		}
		if !test.written {
			continue
		}
		child, err := w.Spool.Read(id)
		if err != nil {
			t.Fatal(err)
		}
		if child.From != "" || child.Recipients[0].Address != alice || child.BounceOf != e.ID || child.BounceFrom != alice {
			t.Errorf("%s: %+v", name, child)
		}
	}
}

// A bounce that cannot be written is written by Finish, which then does nothing more.
func TestFinish(t *testing.T) {
	w, e := put(t, spool.Envelope{State: spool.Failed, From: "alice@example.org", OnFail: "carol@example.org"})
	w.Content = func(*spool.Entry, bool) (io.WriterTo, error) { return nil, errors.New("disk full") }
	if _, err := w.Save(e); err == nil || !strings.Contains(err.Error(), "cannot write the bounce: disk full") {
		t.Errorf("error %v", err)
	}
	if !e.Unfinished() {
		t.Errorf("%+v", e.Envelope)
	}
	w.Content = Of
	for range 2 {
		if err := w.Finish(e); err != nil {
			t.Fatal(err)
		}
		ids, err := w.Spool.IDs()
		if err != nil || len(ids) != 2 || e.Unfinished() {
			t.Errorf("%q, %v: %+v", ids, err, e.Envelope)
		}
	}
	if child, err := w.Spool.Read(e.Bounce); err != nil || child.Recipients[0].Address != "carol@example.org" {
		t.Errorf("%+v, %v", child, err)
	}
}
