//go:build linux

package testservers

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
)

// mountTmpfs mounts a small file system in a directory of the workspace.
func mountTmpfs(w workspace, name, options string) string {
	w.t.Helper()
	NeedRoot(w.t)
	dir := w.in(name).dir
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, options); err != nil {
		skip(w.t, "cannot mount: "+err.Error())
	}
	w.t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

// Messages are kept until a file system is full. Then the command fails, and a flush
// sends nothing because it could not record the result. What is stored is complete,
// and is sent when there is room again.
func TestFullSpool(t *testing.T) {
	t.Parallel()
	for _, d := range []struct {
		name, options string
		code          int
	}{
		{"1 MiB", "size=1m", 74},          // the entry cannot be written
		{"30 inodes", "nr_inodes=30", 73}, // the entry cannot be created
	} {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			w := newWorkspace(t)
			r := startRelay(t)
			root := mountTmpfs(w, "small", d.options)
			dir := root + "/s"
			for i := range 4 { // room that is made later
				w.write(fmt.Sprintf("small/%d", i), strings.Repeat("x", 16_000))
			}
			var kept []arrival
			failed := 0
			for i := 0; failed < 3; i++ {
				mail := fmt.Sprintf("Subject: mail %d\n\n%s", i, strings.Repeat(strings.Repeat("x", 71)+"\n", 600))
				args := []string{"deliver", "--spool", dir, "--spool-only", "-S", r.url(), "-f", alice, bob}
				result := w.mailpipe(strings.NewReader(mail), args...)
				if result.code == 0 {
					kept = append(kept, arrival{fmt.Sprint("mail ", i), bob})
					continue
				}
				failed++
				result.want(t, d.code, "cannot be kept in ", "no space left on device")
			}
			if len(kept) < 8 {
				t.Errorf("only %d messages were kept", len(kept))
			}
			if got := len(entries(t, dir)); got != len(kept) {
				t.Errorf("%d entries, want %d", got, len(kept))
			}
			flush := []string{"queue", "flush", "--spool", dir}
			if d.name == "30 inodes" {
				hint := "hint: make room, or move the messages: "
				w.mailpipe(nil, flush...).want(t, 74, "no space left on device", hint)
				if err := os.Remove(root + "/3"); err != nil { // now there is room for one file, but not for ID.dot
					t.Fatal(err)
				}
				waiting := fmt.Sprintf("sent 0, waiting %d, failed 0", len(kept))
				w.mailpipe(nil, flush...).want(t, 74, "no space left on device", hint, waiting)
				r.arrivedOnce(t)
			}
			for i := range 4 {
				if err := os.RemoveAll(fmt.Sprintf("%s/%d", root, i)); err != nil {
					t.Fatal(err)
				}
			}
			w.mailpipe(nil, flush...).want(t, 0, fmt.Sprintf("sent %d, waiting 0, failed 0", len(kept)))
			r.arrivedOnce(t, kept...)
		})
	}
}

// A spool that is on a read-only file system keeps nothing and loses nothing.
func TestReadOnlySpool(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	r := startRelay(t)
	root := mountTmpfs(w, "small", "size=1m")
	want := fillSpool(w, root+"/s", r.url(), 3)
	remount := func(flags uintptr) {
		if err := syscall.Mount("", root, "", syscall.MS_REMOUNT|flags, ""); err != nil {
			t.Fatal(err)
		}
	}
	remount(syscall.MS_RDONLY)
	w.mailpipe(strings.NewReader(small(w)), "deliver", "--spool", root+"/s", "--spool-only", "-S", r.url(), bob).
		want(t, 73, "read-only file system")
	w.mailpipe(nil, "queue", "flush", "--spool", root+"/s").want(t, 74, "read-only file system")
	r.arrivedOnce(t)
	remount(0)
	w.mailpipe(nil, "queue", "flush", "--spool", root+"/s").want(t, 0, "sent 3, waiting 0, failed 0")
	r.arrivedOnce(t, want...)
}

// Another user, who can gain no privileges, keeps messages in system: and sends
// them by run.
func TestNoNewPrivileges(t *testing.T) {
	t.Parallel()
	Need(t, "setpriv")
	NeedRoot(t)
	w := builtWorkspace(t)
	r := startRelay(t)
	// The directory /var/spool/mailpipe of this test is in a file system of its own.
	setpriv := "setpriv --no-new-privs --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all env HOME=/nonexistent "
	script := strings.ReplaceAll(`mount -t tmpfs none /var/spool
install -d -m 1733 /var/spool/mailpipe
cp "$(readlink -f bin/mailpipe)" /var/spool/program
for i in 0 1 2; do
	printf 'From: <a@example.org>\nSubject: mail %d\n\nx\n' $i |
	as /var/spool/program deliver --spool system: --spool-only -S `+r.url()+` `+bob+`
done
stat -c '%U %a' /var/spool/mailpipe/u65534
as timeout -s TERM 5 /var/spool/program queue run --spool system: &
while ! as /var/spool/program queue check --spool system: | grep '^0 queued'; do sleep 0.1; done
kill $!
wait $! || true
`, "as ", setpriv)
	w.write("script", "set -e\n"+script)
	done := run(t, w.command("unshare", "-m", "timeout", "60", "sh", "script"))
	done.want(t, 0)
	if !strings.HasPrefix(done.out, "nobody 700\n") {
		t.Errorf("the spool of the user: %s", done.out)
	}
	r.arrivedOnce(t, arrival{"mail 0", bob}, arrival{"mail 1", bob}, arrival{"mail 2", bob})
}

// On a file system whose locks do not exclude other processes, or that has none,
// nothing is kept, and nothing that is there is sent.
func TestUselessLocks(t *testing.T) {
	t.Parallel()
	Need(t, "strace")
	w := newWorkspace(t)
	r := startRelay(t)
	want := fillSpool(w, w.path("s"), r.url(), 1)
	for flock, words := range map[string]string{
		"retval=0":     "locks do not exclude other processes on this file system", // the kernel does nothing
		"error=ENOLCK": "files cannot be locked: no locks available",
	} {
		for _, command := range []string{"queue flush", "deliver --spool-only -S " + r.url() + " " + bob} {
			args := append(strings.Fields("-f -o /dev/null -e trace=flock -e inject=flock:"+flock), w.program())
			args = append(append(args, strings.Fields(command)...), "--spool", w.path("s"))
			cmd := w.command("strace", args...)
			cmd.Stdin = strings.NewReader(small(w))
			run(t, cmd).want(t, 73, words)
		}
	}
	r.arrivedOnce(t)
	w.mailpipe(nil, "queue", "flush", "--spool", w.path("s")).want(t, 0, "sent 1, waiting 0, failed 0")
	r.arrivedOnce(t, want...)
}
