//go:build linux

package testservers

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// unreachable is the URL of a server that refuses connections.
const unreachable = "smtp://127.0.0.1:1"

// A fullSpool is a spool on a file system without room.
type fullSpool struct {
	name    string
	options string // of the file system
	room    int    // octets
	code    int    // of --spool-only
}

// A mailInput is how mailpipe gets a mail.
type mailInput struct {
	name   string
	octets int
	isFile bool
}

// The first spool is full. The mail goes to the second one, or to the server, or the
// status is that without a spool. Each reason is printed once.
func TestNextSpool(t *testing.T) {
	t.Parallel()
	for _, full := range []fullSpool{
		{"octets", "size=1m", 0, 74},
		{"octets later", "size=1m", 300_000, 74},
		{"names", "size=4m,nr_inodes=20", 0, 73},
	} {
		for _, in := range []mailInput{{"small", 144, false}, {"pipe", 3 << 20, false}, {"file", 3 << 20, true}} {
			if in.octets < full.room {
				continue
			}
			for _, flag := range []string{"", "--spool-first", "--spool-only"} {
				t.Run(strings.Join([]string{full.name, in.name, flag}, " "), func(t *testing.T) {
					t.Parallel()
					testNextSpool(t, full, in, flag)
				})
			}
		}
	}
}

func testNextSpool(t *testing.T, full fullSpool, in mailInput, flag string) {
	w := builtWorkspace(t)
	r := startRelay(t)
	body := strings.Repeat(strings.Repeat("x", 71)+"\n", in.octets/72)
	mail := fmt.Sprintf("From: <%s>\nSubject: mail\n\n%s", alice, body)
	w.write("mail", mail)
	root := mountTmpfs(w, "small", full.options)
	w.mailpipe(strings.NewReader(mail), "deliver", "--spool", root+"/s", "-S", r.url(), bob).want(t, 0)
	r.reset()
	fill(t, root, full.room)

	deliver := func(home, url string, spools ...string) result {
		command := "HOME=" + home + " mailpipe deliver " + flag + " -S " + url + " " + bob
		for _, name := range spools {
			command += " --spool " + w.path(name)
		}
		if in.isFile {
			return w.sh(command + " <mail")
		}
		return w.sh("cat mail | " + command)
	}
	onlyKept := flag == "--spool-only"
	for i, home := range []string{w.home, "/nonexistent"} { // the path is abbreviated, or not
		for _, url := range []string{r.url(), unreachable} {
			sent := url == r.url() && !onlyKept
			reasons := 1
			if sent && flag == "" && in.name != "pipe" { // nothing had to be kept
				reasons = 0
			}
			code, words := 75, []string{"cannot be kept in ", "connection refused"}
			switch {
			case sent:
				code, words = 0, nil
			case onlyKept:
				code, words = full.code, words[:1]
			}
			alone := deliver(home, url, "small/s")
			alone.want(t, code, words...)
			alone.hasReasons(t, reasons)
			if arrived, _ := r.counts(); (arrived[arrival{"mail", bob}] == 1) != sent {
				t.Errorf("%s: arrived %v", url, arrived)
			}
			r.reset()

			second := fmt.Sprint("second", i)
			two := deliver(home, url, "small/s", second)
			two.want(t, 0)
			two.hasReasons(t, reasons)
			if left := contents(t, w.path("small/s")); len(left) != 0 {
				t.Errorf("left in the full spool: %q", left)
			}
			if kept := contents(t, w.path(second)); (len(kept) == 0) != sent {
				t.Errorf("%s: left in the second spool: %q", url, kept)
			}
			w.mailpipe(nil, "queue", "retry", "--spool", w.path(second), "--all", "-S", r.url()).want(t, 0)
			w.mailpipe(nil, "queue", "flush", "--spool", w.path(second), "--all").want(t, 0)
			r.arrivedOnce(t, arrival{"mail", bob})
			if got := r.content("mail"); !strings.HasSuffix(got, "\r\n\r\n"+strings.ReplaceAll(body, "\n", "\r\n")) {
				t.Errorf("%s: the content differs: %d octets", url, len(got))
			}
			r.reset()
		}
	}
}

// If ID.dot cannot be created, nothing is sent, and the mail of --spool-first stays.
func TestNoRoomForDot(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	r := startRelay(t)
	root := mountTmpfs(w, "small", "size=4m,nr_inodes=20")
	deliver := []string{"deliver", "--spool", root + "/s", "--spool-first", "-S", r.url(), bob}
	w.mailpipe(strings.NewReader(small(w)), deliver...).want(t, 0)
	r.reset()
	fill(t, root, 0)
	for i := range 2 { // room for ID.eml and ID.json
		if err := os.Remove(fmt.Sprint(root, "/", i*4096)); err != nil {
			t.Fatal(err)
		}
	}
	w.mailpipe(strings.NewReader(small(w)), deliver...).want(t, 0, "kept as ", "no space left on device")
	r.arrivedOnce(t)
	if n := len(entries(t, root+"/s")); n != 1 {
		t.Fatalf("%d entries, want 1", n)
	}
	for i := range 4 {
		if err := os.Remove(fmt.Sprint(root, "/", (i+2)*4096)); err != nil {
			t.Fatal(err)
		}
	}
	w.mailpipe(nil, "queue", "flush", "--spool", root+"/s").want(t, 0, "sent 1, waiting 0, failed 0")
}

// A server is not contacted again so soon, but no spool takes the rest of the mail. So
// the mail is sent.
func TestNoRoomWhileDown(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	r := startRelay(t)
	root := mountTmpfs(w, "small", "size=1m")
	fill(t, root, 300_000)
	body := strings.Repeat(strings.Repeat("x", 71)+"\r\n", 40_000)
	w.write("mail", fmt.Sprintf("From: <%s>\r\nSubject: mail\r\n\r\n%s", alice, body))
	deliver := "mailpipe deliver --spool " + root + "/s -S " + r.url() + " " + bob
	r.stop()
	w.sh("head -c 500 mail | "+deliver).want(t, 0, "kept as ", "connection refused")
	w.mailpipe(nil, "queue", "drop", "--spool", root+"/s", "--all").want(t, 0)
	r.start(t)
	w.sh("cat mail | "+deliver).want(t, 0, "cannot be kept in ~/small/s: no space left on device\n")
	r.arrivedOnce(t, arrival{"mail", bob})
	if got := r.content("mail"); !strings.HasSuffix(got, body) {
		t.Errorf("the content differs: %d octets", len(got))
	}
}

// Without room for a temporary file either, a mail cannot be sent a second time. The
// reason is not taken for one of the spool.
func TestNoTemporaryFile(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	root := mountTmpfs(w, "small", "size=1m")
	w.write("mail", fmt.Sprintf("From: <%s>\n\n%s", alice, strings.Repeat(strings.Repeat("x", 71)+"\n", 40_000)))
	for range 2 { // the second time, the server is not contacted
		failed := w.sh("cat mail | TMPDIR=/nonexistent mailpipe deliver --retry-for 1m --spool " + root + "/s -S " +
			unreachable + " " + bob)
		failed.want(t, 75, "cannot be kept in ~/small/s: no space left on device\n", "connection refused")
		if strings.Count(failed.err, "cannot be kept in ") != 1 {
			t.Errorf("the mail cannot be kept twice:\n%s", failed.err)
		}
	}
}

// fill leaves room for octets on the file system of a directory. If that is 0, no
// file can be created either if the number of files is limited.
func fill(t testing.TB, dir string, room int) {
	t.Helper()
	size := 0
	for block := make([]byte, 4096); size < 3<<20; size += len(block) {
		if os.WriteFile(fmt.Sprint(dir, "/", size), block, 0o600) != nil {
			break
		}
	}
	for ; room > 0; room -= 4096 {
		size -= 4096
		if err := os.Remove(fmt.Sprint(dir, "/", size)); err != nil {
			t.Fatal(err)
		}
	}
}

// hasReasons fails the test unless the command said n times that there is no room.
func (r result) hasReasons(t testing.TB, n int) {
	t.Helper()
	if got := strings.Count(r.err, "no space left on device"); got != n {
		t.Errorf("the reason is printed %d times, want %d:\n%s", got, n, r.err)
	}
}

// contents returns the names of the contents in a spool, also of entries that do not
// exist yet.
func contents(t testing.TB, dir string) []string {
	t.Helper()
	list, err := filepath.Glob(dir + "/*.eml")
	if err != nil {
		t.Fatal(err)
	}
	return list
}
