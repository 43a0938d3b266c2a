//go:build linux

package sharedspool

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"syscall"
	"testing"
	"time"

	"mailpipe/internal/pgtest"
)

// TestKilledWorkers kills workers with SIGKILL while producers store messages: after each
// piece that a worker sends to the database or to the mail server, and at random times, two
// at once among them. Whatever a producer acknowledged arrives, and a message arrives twice
// only if a worker said that this may happen.
func TestKilledWorkers(t *testing.T) {
	t.Parallel()
	kills := number(t, "MAILPIPE_TEST_KILLS", 400, 30)
	server := pgtest.Start(t)
	for i := range 2 { // with a database of its own
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			c := &crew{site: newSite(t, server)}
			c.killAtPieces(kills / 4)
			for c.kills() < kills/2 && !t.Failed() {
				c.killAtRandom()
			}
			t.Logf("killed %d after a piece, %d at random and %d two at once; %s",
				c.atPieces, c.atRandom, c.atOnce, c.sendRest())
		})
	}
}

// A crew is workers that are killed.
type crew struct {
	*site
	messages                   int
	atPieces, atRandom, atOnce int           // kills
	usual                      time.Duration // how long a worker takes that is not killed
}

func (c *crew) kills() int { return c.atPieces + c.atRandom + c.atOnce }

// round has a message stored, and more while workers are killed that send them. When all
// that is over, the leases of the dead workers end.
func (c *crew) round(more int, work func() (said string)) {
	to := func() string {
		c.messages++
		return recipient(c.messages)
	}
	c.produce(to(), "x\n")
	var producing sync.WaitGroup
	for range more {
		address := to()
		producing.Go(func() { c.produce(address, "x\n") })
	}
	said := work()
	producing.Wait()
	c.worked(said, c.list())
	c.expire()
}

func recipient(n int) string { return fmt.Sprintf("m%d@example.org", n) }

// killAtPieces kills a worker after each piece, in one round after another, until one
// ends by itself.
func (c *crew) killAtPieces(most int) {
	for n := 1; n <= most && !c.t.Failed(); n++ {
		ended := false
		c.round(0, func() string {
			pid := make(chan int, 1)
			g := &gate{at: pieceNumber(n), action: func([]byte) { _ = syscall.Kill(<-pid, syscall.SIGKILL) }}
			cmd := c.behind(g).command("queue flush")
			began := time.Now()
			done := start(c.t, cmd)
			pid <- cmd.Process.Pid
			r := <-done
			if ended = r.signal == 0; ended {
				c.usual = time.Since(began)
			}
			return r.err
		})
		if ended {
			return
		}
		c.atPieces++
	}
}

// killAtRandom kills two workers, at the same time or one after the other.
func (c *crew) killAtRandom() {
	c.round(rand.IntN(6), func() string {
		first, second := c.command("queue run"), c.command("queue run")
		a, b := start(c.t, first), start(c.t, second)
		time.Sleep(rand.N(2*c.usual + 20*time.Millisecond))
		_ = first.Process.Kill()
		if rand.IntN(2) == 0 {
			c.atOnce += 2
		} else {
			c.atRandom += 2
			time.Sleep(rand.N(c.usual + 10*time.Millisecond))
		}
		_ = second.Process.Kill()
		x, y := <-a, <-b
		if x.signal != syscall.SIGKILL || y.signal != syscall.SIGKILL {
			c.t.Errorf("a worker ended by itself: %d %s, %d %s", x.code, x.err, y.code, y.err)
		}
		return x.err + y.err
	})
}
