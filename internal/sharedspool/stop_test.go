//go:build linux

package sharedspool

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"mailpipe/internal/pgtest"
)

// TestStoppedWorkers stops workers with SIGSTOP for longer than their leases, each when it
// has sent another piece to the database or to the mail server. This piece arrives at once,
// or not until the worker goes on. Another worker sends all messages meanwhile. Those that
// go on then must not send theirs again, unless the other worker found the mark that the
// final dot may have been sent.
func TestStoppedWorkers(t *testing.T) {
	t.Parallel()
	server := pgtest.Start(t, "max_connections=500")
	s := newSite(t, server)
	g := new(gate)
	s.behind(g).mailpipe("queue flush "+s.produce("first@example.org", large), 0)

	var all []*stopped
	add := func(stage string, at func(int, []byte) bool) {
		for _, isLate := range []bool{false, true} {
			all = append(all, &stopped{site: s, stage: stage, at: at, to: recipient(len(all)), isLate: isLate})
		}
	}
	for n := range g.total() {
		add(fmt.Sprint("piece ", n+1), pieceNumber(n+1))
	}
	for stage, words := range stages {
		add(stage, pieceWith(words))
	}
	var starting sync.WaitGroup
	room := make(chan struct{}, 4)
	for _, w := range all {
		starting.Go(func() {
			room <- struct{}{}
			w.start()
			<-room
		})
	}
	starting.Wait()
	s.endLeases()
	s.worked(s.mailpipe("queue flush --all", 0).err, s.list())
	if left := s.list(); len(left) > 0 {
		t.Errorf("the other worker has left %d messages, such as %+v", len(left), left[0])
	}
	before := s.arrivals()
	for _, w := range all {
		if before[w.to] == 0 {
			t.Errorf("%s: the other worker did not send the message", w)
		}
		w.proceed()
	}
	for to, n := range s.arrivals() {
		for _, w := range all {
			if w.to == to && n > before[to] {
				t.Logf("%s: it sent the message again", w)
			}
		}
	}
	t.Logf("stopped at %d pieces; %s", g.total(), s.sendRest())
}

// stages are those that some worker must reach, and what it then sends.
var stages = map[string]string{
	"the claim":           "SKIP LOCKED",
	"the greeting":        "EHLO",
	"the envelope":        "MAIL FROM",
	"the content":         "xxxxxxxx",
	"the mark of the dot": "SET dot",
	"the dot":             ".\r\nQUIT",
	"the result":          "'finished', finished",
}

// large makes the content take several pieces.
var large = strings.Repeat(strings.Repeat("x", 70)+"\n", 10_000)

// arrivals returns how often each message arrived.
func (y *tally) arrivals() map[string]int {
	y.mu.Lock()
	defer y.mu.Unlock()
	return maps.Clone(y.arrived)
}

// A stopped is a worker that is stopped when it has sent a piece.
type stopped struct {
	*site
	stage  string // of the piece
	at     func(n int, piece []byte) bool
	to     string // the recipient of its message
	isLate bool   // the piece is passed on when the worker goes on

	cmd   *exec.Cmd
	piece string        // which it sent; empty if it ended before
	goOn  chan struct{} // is closed when it goes on
	done  <-chan result
}

func (w *stopped) String() string {
	return fmt.Sprintf("stopped at %s, %.200q, late %v", w.stage, w.piece, w.isLate)
}

// start starts the worker, and waits until it is stopped or ended.
func (w *stopped) start() {
	pid, isStopped := make(chan int, 1), make(chan struct{})
	w.goOn = make(chan struct{})
	g := &gate{at: w.at, action: func(piece []byte) {
		w.piece = string(piece)
		stop(w.t, <-pid)
		close(isStopped)
		if w.isLate {
			<-w.goOn
		}
	}}
	w.cmd = w.behind(g).command("queue flush " + w.produce(w.to, large))
	w.done = start(w.t, w.cmd)
	pid <- w.cmd.Process.Pid
	select {
	case <-isStopped:
	case r := <-w.done:
		if stages[w.stage] != "" {
			w.t.Errorf("no worker was stopped at %s: %d %s", w.stage, r.code, r.err)
		}
		done := make(chan result, 1)
		done <- r
		w.done = done
	case <-time.After(limit):
		w.t.Errorf("a worker did not reach %s", w.stage)
	}
}

// stop stops a process, unless it has ended, and waits until all its threads are stopped.
func stop(t testing.TB, pid int) {
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil && !errors.Is(err, syscall.ESRCH) {
		t.Error(err)
	}
	wait(t, "process is stopped", func() bool {
		stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		_, state, _ := strings.Cut(string(stat), ") ")
		return state == "" || strings.HasPrefix(state, "T") || strings.HasPrefix(state, "Z")
	})
}

// proceed lets the worker go on, and waits for its end.
func (w *stopped) proceed() {
	w.t.Helper()
	_ = w.cmd.Process.Signal(syscall.SIGCONT)
	close(w.goOn)
	select {
	case r := <-w.done:
		if !slices.Contains([]int{0, 66, 74, 75}, r.code) { // 66: it has not looked for its message yet
			w.t.Errorf("%s: exit status %d: %s", w, r.code, r.err)
		}
		w.worked(r.err, nil)
	case <-time.After(limit):
		w.t.Errorf("%s: it does not end", w)
	}
}

// endLeases waits until all leases are over, or ends them in a test that must not take
// minutes.
func (s *site) endLeases() {
	s.t.Helper()
	if !isLong() {
		s.expire()
	}
	for end := time.Now().Add(3 * time.Minute); ; time.Sleep(time.Second) {
		if s.sql("SELECT (SELECT count(*) FROM mailpipe.entry WHERE lease > now()) + "+
			"(SELECT count(*) FROM mailpipe.lock WHERE lease > now())") == "0" {
			return
		}
		if time.Now().After(end) {
			s.t.Fatal("some leases do not end")
		}
	}
}
