package cli

import (
	"os"

	"golang.org/x/sys/unix"
)

// await waits till f can be read (POLLIN) or written (POLLOUT): another program
// that has it too, as ssh does, may make it one that does not wait by itself.
func await(f *os.File, event int16) error {
	conn, err := f.SyscallConn()
	if err != nil {
		return err
	}
	return conn.Control(func(fd uintptr) {
		unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: event}}, -1)
	})
}
