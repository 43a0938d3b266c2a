//go:build cgo

package atstart

import (
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// No thread gets an arena of glibc's of its own, which is 64 MB of address space
// that begins with 132 kB in use.
func TestOneArena(t *testing.T) {
	var threads, done sync.WaitGroup
	threads.Add(4)
	hold := make(chan struct{})
	for range 4 {
		done.Go(func() {
			runtime.LockOSThread() // and so each has one of its own
			threads.Done()
			<-hold
		})
	}
	threads.Wait()
	defer done.Wait()
	defer close(hold)
	maps, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(maps), "Size:              65404 kB\n"); n > 0 {
		t.Errorf("%d arenas", n)
	}
}
