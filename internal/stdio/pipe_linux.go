package stdio

import (
	"os"

	"golang.org/x/sys/unix"
)

// pipeSize is how much a pipe can hold without privileges (pipe(7)).
const pipeSize = 1 << 20

// Enlarge lets f hold more if it is a pipe, so that its two ends wait less for
// each other.
func Enlarge(f *os.File) {
	conn, err := f.SyscallConn() // Fd would make it blocking
	if err != nil {
		return
	}
	conn.Control(func(fd uintptr) { unix.FcntlInt(fd, unix.F_SETPIPE_SZ, pipeSize) })
}
