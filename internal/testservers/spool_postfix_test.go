//go:build linux

package testservers

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// Postfix stops while a flush sends many messages, and is started again. All arrive,
// and Postfix accepts one twice only if the outcome of the first time is unknown.
func TestPostfixStops(t *testing.T) {
	t.Parallel()
	p := startPostfix(t)
	w := builtWorkspace(t)
	messages := many(500, 150)
	want := fillSpool(w, w.path("s"), "smtp://"+p.open, messages)
	flush := []string{"queue", "flush", "--all", "--report", "text", "--spool", w.path("s")}
	first := start(t, w.command(w.program(), flush...))
	wait(t, "tenth mail", func() bool { return p.count() >= 10 })
	p.sandbox.kill()
	stopped := <-first
	stopped.want(t, 75, "waiting ")
	if left := len(entries(t, w.path("s"))); left == 0 || left == messages {
		t.Fatalf("%d of %d messages are left", left, messages)
	}
	w.mailpipe(nil, flush...).want(t, 75, "sent 0, waiting ", "connection refused")

	p.sandbox.startMaster()
	p.sandbox.waitForGreeting(p.open)
	w.mailpipe(nil, flush...).want(t, 0, "waiting 0, failed 0")
	var accepted map[string]map[string]bool
	wait(t, "arrival of all mails", func() bool {
		accepted = acceptedByPostfix(t, p)
		return len(accepted) == len(want)
	})
	twice, unknown := 0, strings.Count(stopped.out, "\tunknown\t")
	for _, a := range want {
		if accepted[a.subject] == nil {
			t.Errorf("%q is lost", a.subject)
		}
		twice += max(0, len(accepted[a.subject])-1)
	}
	if twice > unknown {
		t.Errorf("%d were accepted twice, but %d may have been", twice, unknown)
	}
	t.Logf("%d messages, %d unknown outcomes, %d accepted twice", messages, unknown, twice)
}

// acceptedByPostfix returns the queue IDs of the mails with each subject. A Postfix
// that is killed may itself deliver a mail twice, with the same ID.
func acceptedByPostfix(t *testing.T, p *server) map[string]map[string]bool {
	t.Helper()
	accepted := make(map[string]map[string]bool)
	for _, path := range p.paths() {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		subject := between(string(data), "\nSubject: ", "\n")
		if accepted[subject] == nil {
			accepted[subject] = make(map[string]bool)
		}
		accepted[subject][between(string(data), "(Postfix) with ESMTP id ", "\n")] = true
	}
	return accepted
}

const loginConfig = `default = "work"
[accounts.work]
from = %q
server = %q
user = %q
password_file = %q
tls_ca = %q
`

// The server refuses a login. When the configuration is corrected, the queue goes
// out.
func TestSpoolLogin(t *testing.T) {
	t.Parallel()
	p := startPostfix(t)
	w := newWorkspace(t)
	configure := func(secret string) {
		w.write(secret, map[string]string{"wrong": "Sesam", "right": password}[secret]+"\n")
		w.write("config", fmt.Sprintf(loginConfig, alice, "smtp://"+p.login, user, w.path(secret), p.ca))
	}
	configure("wrong")
	deliver := []string{"deliver", "--config", w.path("config"), "--spool", w.path("s"), "-f", alice, bob}
	flush := []string{"queue", "flush", "--spool", w.path("s")}
	w.mailpipe(strings.NewReader(small(w)), deliver...).want(t, 0, "kept as ", "AUTH: 535")
	refused := strings.Count(p.log(), "authentication failed")
	w.mailpipe(strings.NewReader(small(w)), deliver...).want(t, 0, "kept as ", " failed ", "next try in 1", " min")
	w.mailpipe(nil, flush...).want(t, 75, "AUTH: 535", "2 messages waiting, next try in 1", " min")
	if again := strings.Count(p.log(), "authentication failed"); again != refused || refused == 0 {
		t.Errorf("%d refused logins, want %d and more than 0", again, refused)
	}
	configure("right")
	w.mailpipe(nil, append(flush, "--all")...).want(t, 0, "sent 2, waiting 0, failed 0")
	for _, mail := range p.wait(t, 2) {
		checkMail(t, mail.data, small(w))
	}
}
