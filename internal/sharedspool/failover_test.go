//go:build linux

package sharedspool

import (
	"fmt"
	"os/exec"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"mailpipe/internal/pgtest"
)

// TestFailover kills a primary under load, and promotes its synchronous standby. The
// producers and the workers go on by themselves. Whatever was acknowledged arrives.
func TestFailover(t *testing.T) {
	t.Parallel()
	pair := pgtest.StartPair(t)
	s := newSite(t, pair.Primary)
	s.use(pair)

	var workers []*worker
	for range 2 {
		workers = append(workers, s.startWorker("queue run"))
	}
	var produced atomic.Int32
	var stop atomic.Bool
	var producing sync.WaitGroup
	for i := range 3 {
		producing.Go(func() {
			for n := 0; !stop.Load(); n++ {
				s.produce(fmt.Sprintf("m%d.%d@example.org", i, n), "x\n")
				produced.Add(1)
			}
		})
	}
	more := func(n int32) {
		t.Helper()
		enough := produced.Load() + n
		wait(t, "messages are stored", func() bool { return produced.Load() >= enough })
	}
	more(50)
	pair.Primary.Kill()
	time.Sleep(2 * time.Second) // as it takes to notice that
	pair.Promote()
	more(50)
	stop.Store(true)
	producing.Wait()
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
	*site
	cmd  *exec.Cmd
	done <-chan result
}

func (s *site) startWorker(words string) *worker {
	s.t.Helper()
	cmd := s.command(words)
	return &worker{s, cmd, start(s.t, cmd)}
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
	w.worked(r.err, w.list())
	if r.err != "" {
		w.t.Logf("a worker said:\n%s", r.err)
	}
}
