//go:build linux

package testservers

import (
	"os"
	"strings"
	"testing"
)

// Messages are moved away from a file system that is full, and dropped there, also
// those with an unknown outcome. A move to one that is full fails, and loses nothing.
func TestMoveFromFullSpool(t *testing.T) {
	t.Parallel()
	for _, full := range []fullSpool{
		{"octets", "size=1m", 0, 74},
		{"names", "nr_inodes=30", 0, 73},
	} {
		t.Run(full.name, func(t *testing.T) {
			t.Parallel()
			w := newWorkspace(t)
			r := startRelay(t)
			root := mountTmpfs(w, "small", full.options)
			fillSpool(w, root+"/s", r.url(), 5)
			for _, envelope := range entries(t, root+"/s")[:2] { // a process died after the dot
				if err := os.WriteFile(strings.TrimSuffix(envelope, ".json")+".dot", nil, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			dropped := strings.TrimSuffix(entries(t, root+"/s")[0][len(root+"/s/"):], ".json")
			fill(t, root, 0)
			here := func(args ...string) result {
				return w.mailpipe(nil, append([]string{"queue", "--spool", root + "/s"}, args...)...)
			}
			here("hold", "--all").want(t, full.code, "no space left on device")
			here("drop", dropped).want(t, 0)
			fill(t, root, 0)
			moved := here("move", "--all", "--to", w.path("other"))
			moved.want(t, 0, "may have been delivered")
			if n := strings.Count(moved.err, "\n"); n != 1 {
				t.Errorf("%d lines, want 1:\n%s", n, moved.err)
			}
			if left := len(entries(t, root+"/s")); left != 0 {
				t.Errorf("%d entries are left", left)
			}

			fill(t, root, 0)
			back := []string{"queue", "move", "--spool", w.path("other"), "--to", root + "/s", "--all"}
			w.mailpipe(nil, back...).want(t, full.code, "no space left on device")
			if left := contents(t, root+"/s"); len(left) != 0 {
				t.Errorf("left in the full spool: %q", left)
			}
			w.mailpipe(nil, "queue", "flush", "--spool", w.path("other")).want(t, 0, "sent 4, waiting 0, failed 0")
			if arrived, _ := r.counts(); len(arrived) != 4 {
				t.Errorf("arrived: %v", arrived)
			}
		})
	}
}

// Several processes move the same messages at once, to one spool and to another, while
// flushes send them. Each message arrives once.
func TestManyMoves(t *testing.T) {
	t.Parallel()
	r := startRelay(t)
	w := builtWorkspace(t)
	want := fillSpool(w, w.path("a"), r.url(), many(500, 100))
	var all []<-chan result
	for _, to := range []string{"b", "b", "c", "b"} {
		all = append(all, start(t, w.command(w.program(), "queue", "move", "--spool", "a", "--to", to, "--all")))
	}
	for _, name := range []string{"a", "b", "c"} {
		all = append(all, start(t, w.command(w.program(), "queue", "flush", "--spool", name)))
	}
	for _, done := range all {
		if p := <-done; p.code != 0 && p.code != 75 || strings.Contains(p.err, "may have been delivered") {
			t.Errorf("exit status %d: %s", p.code, p.err)
		}
	}
	flush := []string{"queue", "flush", "--spool", "a", "--spool", "b", "--spool", "c"}
	w.mailpipe(nil, flush...).want(t, 0)
	r.arrivedOnce(t, want...)
}
