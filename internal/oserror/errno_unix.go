//go:build unix

package oserror

import "syscall"

var (
	refused    = []error{syscall.ECONNREFUSED}
	reset      = []error{syscall.ECONNRESET}
	brokenPipe = []error{syscall.EPIPE}
)
