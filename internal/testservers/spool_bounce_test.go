//go:build linux

package testservers

import (
	"strings"
	"testing"
)

// A bounce that a flush sent is shown by mutt with its text and with the reply of
// the server.
func TestBounceInMutt(t *testing.T) {
	t.Parallel()
	Need(t, "mutt", "script")
	r := startRelay(t)
	w := newWorkspace(t)
	mail := "From: " + alice + "\nSubject: the table\n\nx\n"
	w.mailpipe(strings.NewReader(mail), "deliver", "--spool", w.path("s"), "--spool-only", "-S", r.url(), "-f", alice,
		unknownUser).want(t, 0)
	w.mailpipe(nil, "queue", "flush", "--spool", w.path("s")).want(t, 69, "550 5.1.1 no such user")
	w.mailpipe(nil, "queue", "flush", "--spool", w.path("s")).want(t, 0)
	arrived, _ := r.counts()
	if len(arrived) != 1 {
		t.Fatalf("arrived: %v, want one bounce", arrived)
	}
	for a, n := range arrived {
		if a.to != alice || n != 1 {
			t.Errorf("the bounce arrived %d times for %s", n, a.to)
		}
		w.write("box/new/mail", strings.ReplaceAll(r.content(a.subject), "\r\n", "\n"))
	}
	w.in("box/cur")
	w.in("box/tmp")
	w.write("rc", muttrc)
	w.write("keys", "push \"<pipe-message>cat >shown<enter><exit>\"\n")
	cmd := w.command("timeout", "60", "script", "-qec", "mutt -n -F rc -R -f box -e 'source keys'", "/dev/null")
	cmd.Env = append(cmd.Env, "TERM=xterm")
	run(t, cmd).want(t, 0)
	shown := w.read("shown")
	for _, words := range []string{"To: " + alice, unknownUser, "550 5.1.1 no such user", "Subject: the table"} {
		if !strings.Contains(shown, words) {
			t.Errorf("mutt does not show %q:\n%s", words, shown)
		}
	}
}
