// Package stdio reads standard input and writes standard output.
package stdio

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"mailpipe/internal/oserror"
)

// An Error is an error of reading standard input or of writing standard output.
type Error struct {
	Err    error
	output bool
}

func (e *Error) Error() string {
	stream := "standard input: "
	if e.output {
		stream = "standard output: "
	}
	return stream + oserror.Reason(e.Err).Error()
}

func (e *Error) Unwrap() error { return e.Err }

// ReaderGone reports whether err means that the reader of standard output went
// away.
func ReaderGone(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.output && errors.Is(e.Err, unix.EPIPE)
}

// Inherited reports whether a file descriptor was open when the program began. Those
// that the program opens are closed when it runs another one.
func Inherited(fd int) bool {
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
	return err == nil && flags&unix.FD_CLOEXEC == 0
}

// IsTerminal reports whether f is a terminal.
func IsTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// await waits until f can be read (POLLIN) or written (POLLOUT).
func await(f *os.File, event int16) error {
	conn, err := f.SyscallConn()
	if err != nil {
		return err
	}
	return conn.Control(func(fd uintptr) {
		unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: event}}, -1)
	})
}
