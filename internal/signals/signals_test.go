package signals

import (
	"os"
	"syscall"
	"testing"
	"time"
)

// A signal after Postpone and Stop does not end the process.
func TestSignalAfterStop(t *testing.T) {
	h := New(func() { t.Error("a signal that comes late ends the process") })
	h.Postpone()
	h.Stop()
	if err := syscall.Kill(os.Getpid(), syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(10 * time.Second); h.Caught() != syscall.SIGTERM; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the signal was not seen")
		}
	}
}
