//go:build unix

package stdio

import (
	"io"
	"os"
	"syscall"
	"testing"
	"time"
)

// Another program may have made standard input non-blocking.
func TestInputNonblocking(t *testing.T) {
	var fds [2]int
	if err := syscall.Pipe(fds[:]); err != nil {
		t.Fatal(err)
	}
	r, w := os.NewFile(uintptr(fds[0]), "r"), os.NewFile(uintptr(fds[1]), "w")
	defer r.Close()
	if err := syscall.SetNonblock(fds[0], true); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer w.Close()
		for range 3 {
			time.Sleep(10 * time.Millisecond) // the reader is waiting by now
			io.WriteString(w, "line\n")
		}
	}()
	if got, err := io.ReadAll(NewInput(r)); string(got) != "line\nline\nline\n" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

// A descriptor that this program has opened is not one that it was given.
func TestInherited(t *testing.T) {
	f := openAt(t, "", 0)
	if !Inherited(0) || Inherited(int(f.Fd())) {
		t.Error(Inherited(0), Inherited(int(f.Fd())))
	}
	f.Close()
	if Inherited(1 << 15) {
		t.Error("a descriptor that is not open")
	}
}
