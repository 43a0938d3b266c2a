//go:build unix

package statedir

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// noFollow refuses a link in place of a file, and does not wait for a FIFO.
const noFollow = unix.O_NOFOLLOW | unix.O_NONBLOCK

// Lock locks the file without waiting. The lock ends when the file is closed, or
// with the process.
func (f osFile) Lock() (bool, error) {
	err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return false, nil
	}
	if err != nil {
		return false, os.NewSyscallError("flock", err)
	}
	var stat unix.Stat_t
	if err := unix.Fstat(int(f.Fd()), &stat); err != nil {
		return false, os.NewSyscallError("fstat", err)
	}
	return stat.Nlink > 0, nil
}
