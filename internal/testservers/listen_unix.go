//go:build unix

package testservers

import "syscall"

func listen(fd uintptr, queue int) error { return syscall.Listen(int(fd), queue) }
