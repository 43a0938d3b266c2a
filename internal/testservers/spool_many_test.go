//go:build linux

package testservers

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// fillSpool puts messages to bob into a spool, and returns what must arrive.
func fillSpool(w workspace, dir, url string, messages int) (want []arrival) {
	w.t.Helper()
	script := fmt.Sprintf(`seq 0 %d | xargs -P 4 -I N sh -ec 'printf "From: <%s>\nSubject: mail N\n\nx\n" |
mailpipe deliver --spool-only --spool "$0" -S %s %s' '%s'`, messages-1, alice, url, bob, dir)
	w.sh(script).want(w.t, 0)
	for i := range messages {
		want = append(want, arrival{fmt.Sprint("mail ", i), bob})
	}
	return want
}

// many returns the number for a test that may take minutes, or a smaller one.
func many(long, short int) int {
	if os.Getenv("MAILPIPE_TEST_LONG") != "" {
		return long
	}
	return short
}

// Ten flushes and a run share a spool: each message arrives once.
func TestManyFlushes(t *testing.T) {
	t.Parallel()
	r := startRelay(t)
	w := builtWorkspace(t)
	messages := many(1000, 100)
	want := fillSpool(w, w.path("s"), r.url(), messages)
	service := w.command(w.program(), "queue", "run", "--spool", w.path("s"))
	running := startService(t, service)
	var flushes []<-chan result
	for range 10 {
		flushes = append(flushes, start(t, w.command(w.program(), "queue", "flush", "--spool", w.path("s"))))
	}
	for _, done := range flushes {
		if f := <-done; f.code != 0 && f.code != 75 {
			t.Errorf("flush: %d %s", f.code, f.err)
		}
	}
	wait(t, "empty spool", func() bool { return len(entries(t, w.path("s"))) == 0 })
	if err := service.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if s := <-running; s.code != -1 { // it ends by the signal
		t.Errorf("run: %d %s", s.code, s.err)
	}
	r.arrivedOnce(t, want...)
}

// Eight pipelines keep and send messages while a relay answers 4xx, resets, stalls
// and vanishes, and flushes run beside them. All messages arrive.
func TestHostileRelay(t *testing.T) {
	t.Parallel()
	r := startRelay(t)
	faults := []fault{
		{}, {"MAIL", "451 4.3.0 not now"}, {"RCPT", "451 4.7.1 greylisted"}, {"dot", "452 4.3.1 disk full"}, {},
		{"greeting", "421 4.3.2 too busy"}, {"DATA", "reset"}, {"dot", "421 4.3.2 closing"}, {"EHLO", "reset"}, {},
		{"dot", "stall"}, {"dot", "reset"}, {"vanish", ""}, {"dot", "lose"}, {"greeting", "stall"}, {"RCPT", "reset"},
	}
	r.failAs(func(n int) fault {
		f := faults[n%len(faults)]
		if f.stage == "vanish" {
			r.stop()
			time.AfterFunc(100*time.Millisecond, func() { r.start(t) })
		}
		return f
	})
	w := builtWorkspace(t)
	each := many(125, 15)
	flush := "mailpipe queue flush --all --report text --spool s"
	var want []arrival
	var pipelines []<-chan result
	for p := range 8 {
		for i := range each {
			want = append(want, arrival{fmt.Sprintf("mail %d.%d", p, i), bob})
		}
		script := fmt.Sprintf(`for i in $(seq 0 %d); do
mailpipe compose -f %s -t %s -s "mail %d.$i" --body x |
mailpipe deliver --spool s --report text --timeout 500ms -S %s || exit; done`, each-1, alice, bob, p, r.url())
		pipelines = append(pipelines, start(t, w.command("/bin/sh", "-c", script)))
	}
	said := ""
	for _, done := range pipelines {
		said += w.sh(flush).all()
		p := <-done
		p.want(t, 0)
		said += p.all()
	}
	wait(t, "empty spool", func() bool {
		said += w.sh(flush).all()
		return len(entries(t, w.path("s"))) == 0
	})
	arrived, contacts := r.counts()
	twice := 0
	for _, a := range want {
		switch {
		case arrived[a] == 0:
			t.Errorf("%q is lost", a.subject)
		case arrived[a] > 1:
			twice += arrived[a] - 1
		}
	}
	unknown := strings.Count(said, "\tunknown\t")
	if twice > unknown {
		t.Errorf("%d arrived twice, but %d may have", twice, unknown)
	}
	t.Logf("%d messages, %d connections, %d unknown outcomes, %d arrived twice", len(want), contacts, unknown, twice)
}

// all returns what a command printed on both streams.
func (r result) all() string { return r.out + r.err }

// entries returns the names of the envelopes in a spool.
func entries(t testing.TB, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(dir + "/*.json")
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// startService starts a command that runs until it gets a signal.
func startService(t testing.TB, cmd *exec.Cmd) <-chan result {
	t.Helper()
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	done := make(chan result, 1)
	go func() {
		_ = cmd.Wait()
		done <- result{out.String(), errs.String(), cmd.ProcessState.ExitCode()}
	}()
	return done
}
