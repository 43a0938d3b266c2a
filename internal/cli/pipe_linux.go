package cli

import (
	"os"

	"golang.org/x/sys/unix"
)

// pipeSize is what a pipe may hold without privileges (pipe(7)).
const pipeSize = 1 << 20

// enlarge lets a pipe hold more, so that both its ends wait less. That it
// cannot be done, or is no pipe, does not matter.
func enlarge(f *os.File) {
	conn, err := f.SyscallConn() // Fd would make it blocking
	if err != nil {
		return
	}
	conn.Control(func(fd uintptr) { unix.FcntlInt(fd, unix.F_SETPIPE_SZ, pipeSize) })
}
