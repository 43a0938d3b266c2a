//go:build unix

package stdio

import (
	"os"

	"golang.org/x/sys/unix"
)

// Inherited reports whether a file descriptor was open when the program began. Those
// that the program opens are closed when it runs another one.
func Inherited(fd int) bool {
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
	return err == nil && flags&unix.FD_CLOEXEC == 0
}

// EnableEscapes does nothing: every terminal knows escape sequences.
func EnableEscapes(*os.File) {}

const (
	readable = unix.POLLIN
	writable = unix.POLLOUT
)

// await waits until f is readable or writable.
func await(f *os.File, event int16) error {
	conn, err := f.SyscallConn()
	if err != nil {
		return err
	}
	return conn.Control(func(fd uintptr) {
		unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: event}}, -1)
	})
}
