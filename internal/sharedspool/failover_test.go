//go:build linux

package sharedspool

import (
	"fmt"
	"os/exec"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"mailpipe/internal/pgtest"
)

// TestFailover kills or stops a primary under load, and promotes its synchronous standby.
// The producers and the workers go on by themselves. Whatever was acknowledged arrives.
func TestFailover(t *testing.T) {
	t.Parallel()
	t.Run("killed", func(t *testing.T) {
		t.Parallel()
		testFailover(t, (*pgtest.Server).Kill, 50, 0)
	})
	t.Run("stopped", func(t *testing.T) { // it accepts connections, but says nothing
		t.Parallel()
		testFailover(t, (*pgtest.Server).Pause, 6, 0, 75)
	})
}

// testFailover makes a primary fail after so many messages were stored, and stores as many
// after that. Each producer must end with one of the codes.
func testFailover(t *testing.T, fail func(*pgtest.Server), messages int32, codes ...int) {
	pair := pgtest.StartPair(t)
	s := newSite(t, pair.Primary)
	s.use(pair)
	m := s.machine

	var workers []*worker
	for range 2 {
		workers = append(workers, m.startWorker("queue run"))
	}
	var produced atomic.Int32
	var stop atomic.Bool
	var producing sync.WaitGroup
	for i := range 3 {
		producing.Go(func() {
			for n := 0; !stop.Load(); n++ {
				to := fmt.Sprintf("m%d.%d@example.org", i, n)
				r := m.store(to, "x\n")
				s.produced(to, r)
				if !slices.Contains(codes, r.code) {
					t.Errorf("deliver: exit status %d: %s", r.code, r.err)
				}
				produced.Add(1)
			}
		})
	}
	more := func() {
		t.Helper()
		enough := produced.Load() + messages
		wait(t, "messages are stored", func() bool { return produced.Load() >= enough })
	}
	more()
	fail(pair.Primary)
	time.Sleep(2 * time.Second) // as it takes to notice that
	pair.Promote()
	more()
	stop.Store(true)
	producing.Wait()
	s.use(pair.Standby)
	var left []listed
	for end := time.Now().Add(3 * time.Minute); time.Now().Before(end); time.Sleep(time.Second) {
		if left = s.list(); len(left) == 0 {
			break
		}
		if !isLong() { // what was locked at the moment of the failure stays so until the lease ends
			s.expire()
		}
	}
	for _, w := range workers {
		w.stop()
	}
	if len(left) > 0 {
		t.Errorf("the workers have left %d messages, such as %+v", len(left), left[0])
	}
	t.Log(s.sendRest())
}

// A worker is a command that runs until it gets a signal.
type worker struct {
	*machine
	cmd  *exec.Cmd
	done <-chan result
}

func (m *machine) startWorker(words string) *worker {
	m.t.Helper()
	cmd := m.command(words)
	return &worker{m, cmd, start(m.t, cmd)}
}

// stop ends a worker, and notes what it printed.
func (w *worker) stop() {
	w.t.Helper()
	if err := w.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		w.t.Error(err)
	}
	r := <-w.done
	if r.signal != syscall.SIGTERM {
		w.t.Errorf("a worker ended with %d: %s", r.code, r.err)
	}
	w.site.worked(r.err, w.site.list())
	if r.err != "" {
		w.t.Logf("a worker said:\n%s", r.err)
	}
}
