//go:build unix

package inputfile

import "golang.org/x/sys/unix"

// filesAllowed returns how many files the system lets the process open.
func filesAllowed() (n uint64, ok bool) {
	var limit unix.Rlimit
	err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit)
	return uint64(limit.Cur), err == nil // an int64 on FreeBSD
}
