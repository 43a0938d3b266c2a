//go:build linux

package testservers

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A flush uses several servers at once, as --jobs says, and one message starts only
// before the end of --for.
func TestFlushJobs(t *testing.T) {
	t.Parallel()
	for _, jobs := range []string{"1", "2"} {
		t.Run(jobs, func(t *testing.T) {
			t.Parallel()
			w := newWorkspace(t)
			a, b := startRelay(t), startRelay(t)
			var both sync.WaitGroup // each server waits for the other one
			both.Add(2)
			for _, r := range []*relay{a, b} {
				fillSpool(w, w.path("s"), r.url(), 3)
				other := a
				if r == a {
					other = b
				}
				r.failAs(func(n int) fault {
					switch arrived, contacts := other.counts(); {
					case jobs == "1" && contacts > 0 && len(arrived) < 3:
						t.Error("two servers at once")
					case jobs == "2":
						both.Done()
						both.Wait()
					}
					return fault{}
				})
			}
			w.mailpipe(nil, "queue", "flush", "--spool", w.path("s"), "--jobs", jobs).want(t, 0, "sent 6, waiting 0, failed 0")
		})
	}
}

// A flush starts no message after the time of --for, in any spool. It ends the one
// that it has begun.
func TestFlushFor(t *testing.T) {
	t.Parallel()
	const limit = time.Second
	w := newWorkspace(t)
	r := startRelay(t)
	r.failAs(func(int) fault {
		time.Sleep(limit) // the first message has begun, and the second one comes too late
		return fault{}
	})
	fillSpool(w, w.path("a"), r.url(), 3)
	fillSpool(w, w.path("b"), r.url(), 2)
	flush := []string{"queue", "flush", "--spool", w.path("a"), "--spool", w.path("b")}
	w.mailpipe(nil, append(flush, "--for", limit.String())...).want(t, 75, "sent 1, waiting 4, failed 0")
	if arrived, contacts := r.counts(); len(arrived) != 1 || contacts != 1 {
		t.Errorf("arrived: %v, in %d connections", arrived, contacts)
	}
	r.failAs(nil)
	w.mailpipe(nil, append(flush, "--for", "1m")...).want(t, 0, "sent 4, waiting 0, failed 0")
}

// A signal ends run while it connects.
func TestRunConnecting(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	port := fullBacklog(t)
	fillSpool(w, w.path("s"), fmt.Sprint("smtp://127.0.0.1:", port), 1)
	service := w.command(w.program(), "queue", "run", "--spool", w.path("s"))
	running := startService(t, service)
	wait(t, "connection attempt", func() bool {
		table, err := os.ReadFile("/proc/net/tcp")
		if err != nil {
			t.Fatal(err)
		}
		return strings.Contains(string(table), fmt.Sprintf(":%04X 02 ", port)) // SYN_SENT
	})
	if err := service.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case <-running:
	case <-time.After(serverTimeout):
		t.Fatal("run does not end")
	}
	if status := service.ProcessState.Sys().(syscall.WaitStatus); status.Signal() != syscall.SIGTERM {
		t.Errorf("it ended with %v", service.ProcessState)
	}
	if listed := w.mailpipe(nil, "queue", "list", "--spool", w.path("s")).out; !strings.Contains(listed, "\tqueued\t") {
		t.Errorf("list: %q", listed)
	}
}

// fullBacklog returns a port of loopback that listens, and leaves each client waiting
// for a connection.
func fullBacklog(t testing.TB) int {
	t.Helper()
	socket := func() int {
		fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC, 0)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = syscall.Close(fd) })
		return fd
	}
	listener := socket()
	err := syscall.Bind(listener, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}})
	if err == nil {
		err = syscall.Listen(listener, 0)
	}
	addr, nameErr := syscall.Getsockname(listener)
	if err != nil || nameErr != nil {
		t.Fatal(err, nameErr)
	}
	_ = syscall.Connect(socket(), addr) // EINPROGRESS
	return addr.(*syscall.SockaddrInet4).Port
}
