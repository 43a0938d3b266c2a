package queue

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Damage is reported and left as it is, and the rest goes on.
func TestDamage(t *testing.T) {
	tests := map[string]struct {
		damage func(eml, json string) error
		words  string
	}{
		"invalid envelope": {func(eml, json string) error {
			return os.WriteFile(json, []byte("{"), 0o600)
		}, "invalid envelope"},
		"newer version": {func(eml, json string) error {
			return os.WriteFile(json, []byte(`{"version": 99}`), 0o600)
		}, "newer mailpipe"},
		"changed content": {func(eml, json string) error {
			text, err := os.ReadFile(eml)
			if err != nil {
				return err
			}
			return os.WriteFile(eml, []byte(strings.Replace(string(text), "hi", "ho", 1)), 0o600)
		}, "wrong checksum"},
		"shorter content": {func(eml, json string) error { return os.Truncate(eml, 3) }, "3 octets"},
		"no content":      {func(eml, json string) error { return os.Remove(eml) }, "missing"},
		"content directory": {func(eml, json string) error {
			return replace(eml, func() error { return os.Mkdir(eml, 0o700) })
		}, "directory"},
		"envelope link": {func(eml, json string) error {
			return replace(json, func() error { return os.Symlink(eml, json) })
		}, "link"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r, server := newRelay(t)
			f := newFixture(t, server)
			f.put("a@example.org")
			id := f.put("b@example.org")
			f.put("c@example.org")
			eml := filepath.Join(f.Spool.Name(), id+".eml")
			json := filepath.Join(f.Spool.Name(), id+".json")
			if err := test.damage(eml, json); err != nil {
				t.Fatal(err)
			}
			before := snapshot(t, eml, json)
			for range 2 { // it is reported each time
				f.events = nil
				sum, err := f.Flush(t.Context(), Options{})
				if err != nil || sum.Damaged != 1 || sum.Waiting+sum.Failed > 0 {
					t.Errorf("%+v, %v", sum, err)
				}
				if all := strings.Join(f.events, "\n"); strings.Count(all, test.words) != 1 || !strings.Contains(all, "damaged") {
					t.Errorf("events:\n%s", all)
				}
			}
			if after := snapshot(t, eml, json); after != before {
				t.Errorf("%q became %q", before, after)
			}
			if got := r.got(); got != "a@example.org, c@example.org" {
				t.Errorf("received by %s", got)
			}
		})
	}
}

// Damage that needs no reading of the content is also found while the server is down.
func TestDamageWhileServerDown(t *testing.T) {
	f := newFixture(t, closed(t))
	f.put("a@example.org")
	short, lost := f.put("b@example.org"), f.put("c@example.org")
	f.put("d@example.org")
	if err := os.Truncate(filepath.Join(f.Spool.Name(), short+".eml"), 3); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(f.Spool.Name(), lost+".eml")); err != nil {
		t.Fatal(err)
	}
	down := []string{
		"damaged: " + short + ".eml: has 3 octets instead of 33",
		"damaged: " + lost + ".eml: the content is missing",
		"down 2 until 30s: connect: connection refused",
	}
	first := "deferred a@example.org: closed: connect: connection refused"
	f.flush(Summary{Waiting: 2, Damaged: 2}, append([]string{first}, down...)...)
	f.flush(Summary{Waiting: 2, Damaged: 2}, down...)
}

// replace removes a file and puts something else in its place.
func replace(name string, put func() error) error {
	if err := os.Remove(name); err != nil {
		return err
	}
	return put()
}

// snapshot returns what the files are.
func snapshot(t *testing.T, names ...string) string {
	t.Helper()
	var all []string
	for _, name := range names {
		info, err := os.Lstat(name)
		if err != nil {
			all = append(all, "missing")
			continue
		}
		text := ""
		if info.Mode().IsRegular() {
			content, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			text = string(content)
		}
		all = append(all, info.Mode().String()+text)
	}
	return strings.Join(all, "|")
}

// When the clock goes back, messages and servers do not wait for it to catch up.
func TestClockGoesBack(t *testing.T) {
	r, server := newRelay(t)
	r.answer("RCPT", "450 wait")
	f := newFixture(t, server)
	f.put("b@example.org")
	f.flush(Summary{Waiting: 1}, "deferred b@example.org: relay: RCPT: b@example.org: 450 wait")
	f.wait(-24 * time.Hour)
	f.flush(Summary{Sent: 1}, "sent b@example.org")

	f.put("c@example.org")
	if err := f.Spool.ServerFailed("key of relay", "test", true, f.time()); err != nil {
		t.Fatal(err)
	}
	f.wait(-24 * time.Hour)
	f.flush(Summary{Sent: 1}, "sent c@example.org")
}

// A queue whose directory is gone cannot be flushed.
func TestDirectoryRemoved(t *testing.T) {
	f := newFixture(t, closed(t))
	if err := os.RemoveAll(f.Spool.Name()); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Flush(t.Context(), Options{}); err == nil || !strings.Contains(err.Error(), f.Spool.Name()) {
		t.Errorf("error %v", err)
	}
	if err := f.Run(t.Context(), Options{}); err == nil || !strings.Contains(err.Error(), f.Spool.Name()) {
		t.Errorf("error %v", err)
	}
}
