//go:build linux

package testservers

import (
	"fmt"
	"net"
	"regexp"
	"strings"
	"testing"
)

// After a connection timed out, the server is not contacted again: the next
// messages are kept at once.
func TestSilentRelay(t *testing.T) {
	t.Parallel()
	r := startRelay(t)
	r.failAs(func(int) fault { return fault{"greeting", "stall"} })
	w := newWorkspace(t)
	for i := range 20 {
		args := []string{"deliver", "--spool", w.path("s"), "--timeout", "1s", "-S", r.url(), "-f", alice, bob}
		words := []string{"kept as "}
		if i > 0 {
			words = append(words, r.url()+" failed ", "next try in ")
		}
		w.mailpipe(strings.NewReader(small(w)), args...).want(t, 0, words...)
	}
	if _, contacts := r.counts(); contacts != 1 {
		t.Errorf("%d connections, want 1", contacts)
	}
}

var openCircuit = regexp.MustCompile(`: smtp://\S+ failed \d+ s ago, next try in \d+ s: connect: `)

// A server accepts no connection. The first message waits for the time limit. For
// the next ones, mailpipe does not try to connect.
func TestNoConnection(t *testing.T) {
	t.Parallel()
	Need(t, "strace")
	r := startRelay(t)
	r.stop()
	_, stop, err := ListenFull(r.address)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	w := newWorkspace(t)
	_, port, _ := net.SplitHostPort(r.address)
	var want []arrival
	for i := range 20 {
		deliver := w.command("strace", "-f", "-o", "trace", "-e", "trace=connect", w.program(), "deliver", "--spool", "s",
			"--connect-timeout", "500ms", "-S", r.url(), "-f", alice, bob)
		deliver.Stdin = strings.NewReader(fmt.Sprintf("Subject: mail %d\n\nx\n", i))
		kept := run(t, deliver)
		kept.want(t, 0, "kept as ")
		tries := 0
		if i == 0 {
			tries = 1
		} else if !openCircuit.MatchString(kept.err) {
			t.Errorf("standard error: %s", kept.err)
		}
		if got := strings.Count(w.read("trace"), "htons("+port+")"); got != tries {
			t.Errorf("mailpipe tried %d times to connect, want %d", got, tries)
		}
		want = append(want, arrival{fmt.Sprint("mail ", i), bob})
	}
	stop()
	r.start(t)
	w.mailpipe(nil, "queue", "flush", "--all", "--spool", w.path("s")).want(t, 0, "sent 20, waiting 0, failed 0")
	r.arrivedOnce(t, want...)
}
