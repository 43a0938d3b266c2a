package directory

import (
	"os"
	"path/filepath"
	"testing"
)

// A process died after Save had recorded the result, and before it had removed
// ID.dot. The outcome is known.
func TestDotOfRecordedAttempt(t *testing.T) {
	s := openNew(t)
	e := add(t, s)
	if err := e.Dot([]string{"bob@example.org"}); err != nil {
		t.Fatal(err)
	}
	dot, err := os.ReadFile(filepath.Join(s.Name(), e.ID+".dot"))
	if err != nil {
		t.Fatal(err)
	}
	e.Attempts++
	e.Recipients[0].Outcome = "deferred"
	if err := e.Save(); err != nil {
		t.Fatal(err)
	}
	e.Close()
	if err := os.WriteFile(filepath.Join(s.Name(), e.ID+".dot"), dot, 0o600); err != nil {
		t.Fatal(err)
	}
	e, err = s.Take(e.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if e.Interrupted != nil || e.Recipients[0].Outcome != "deferred" {
		t.Errorf("interrupted %q, recipients %+v", e.Interrupted, e.Recipients)
	}
}
