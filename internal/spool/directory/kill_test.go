package directory

import (
	"path/filepath"
	"testing"

	"mailpipe/internal/spool"
	"mailpipe/internal/statedir"
)

// A process that is killed before or after any call of the file system loses no
// message, and sends none twice without a report.
func TestKill(t *testing.T) {
	calls := 0
	for _, sc := range scenarios {
		t.Run(sc.name, func(t *testing.T) {
			counter := &killer{Files: statedir.OS{}}
			dir := t.TempDir()
			counter.run(t, sc, filepath.Join(dir, "a"), filepath.Join(dir, "b"))
			calls += counter.calls
			for at := 1; at <= counter.calls; at++ {
				for _, after := range []bool{false, true} {
					killAt(t, sc, at, after)
				}
			}
		})
	}
	t.Logf("killed before and after each of %d calls in %d scenarios", calls, len(scenarios))
}

func killAt(t *testing.T, sc scenario, at int, after bool) {
	t.Helper()
	dir := t.TempDir()
	dirA, dirB := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	k := &killer{Files: statedir.OS{}, at: at, after: after}
	h := k.run(t, sc, dirA, dirB)
	if !k.dead.Load() {
		t.Fatalf("call %d: the process was not killed", at)
	}
	a, err := openWith(dirA, statedir.OS{}, true)
	if err != nil {
		t.Fatalf("call %d, after %v: %v", at, after, err)
	}
	b, err := openWith(dirB, statedir.OS{}, true)
	if err != nil {
		t.Fatalf("call %d, after %v: %v", at, after, err)
	}
	if err := h.check(a, b); err != nil {
		t.Errorf("call %d, after %v: %v", at, after, err)
	}
	for _, s := range []*spool.Spool{a, b} {
		if err := checkSwept(s); err != nil {
			t.Errorf("call %d, after %v: %v", at, after, err)
		}
	}
}
