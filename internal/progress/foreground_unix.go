//go:build unix

package progress

import "golang.org/x/sys/unix"

// inForeground reports whether the process is in the foreground of a terminal. A
// background job must not write over what another process shows.
func inForeground(fd int) bool {
	group, err := unix.IoctlGetInt(fd, unix.TIOCGPGRP)
	return err == nil && group == unix.Getpgrp()
}
