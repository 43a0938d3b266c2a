package testservers

import "syscall"

func listen(fd uintptr, queue int) error { return syscall.Listen(syscall.Handle(fd), queue) }
