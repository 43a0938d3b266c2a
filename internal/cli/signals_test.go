package cli

import (
	"os"
	"syscall"
	"testing"
	"time"
)

// A signal that comes when all is decided does not end the process: the status
// of the delivery does.
func TestSignalAfterTheEnd(t *testing.T) {
	g := newSignalHandler(nil)
	g.whole()
	g.stop()
	if err := syscall.Kill(os.Getpid(), syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		g.mu.Lock()
		caught := g.caught
		g.mu.Unlock()
		if caught == syscall.SIGTERM {
			return
		}
		if time.Now().After(end) {
			t.Fatal("the signal was not seen")
		}
	}
}
