package cli

import (
	"io"
	"os"
	"syscall"
	"testing"
	"time"
)

// Another program may make standard input one that does not wait.
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
			time.Sleep(10 * time.Millisecond) // the reader waits by now
			io.WriteString(w, "line\n")
		}
	}()
	if got, err := io.ReadAll(input{r}); string(got) != "line\nline\nline\n" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}
