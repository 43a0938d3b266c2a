//go:build unix

package signals

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// InterruptGroup sends SIGINT to all processes in the foreground of the terminal.
func InterruptGroup() { unix.Kill(0, unix.SIGINT) }

// awaitReader waits until the reader of a pipe is gone.
func awaitReader(pipe *os.File, limit time.Duration) {
	reader := []unix.PollFd{{Fd: int32(pipe.Fd())}} // an error is reported when the reader is gone
	unix.Poll(reader, int(limit.Milliseconds()))
}
