package oserror

import (
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
	"testing"
)

func TestReason(t *testing.T) {
	_, missing := os.Open("no/such/file")
	for _, tt := range []struct {
		err  error
		want string
	}{
		{missing, "no such file or directory"},
		{fmt.Errorf("a: %w", missing), "no such file or directory"},
		{&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}, "connection refused"},
		{&os.PathError{Op: "write", Path: "a", Err: os.NewSyscallError("write", syscall.ENOSPC)}, "no space left on device"},
		{errors.New("too long"), "too long"},
	} {
		if got := Reason(tt.err).Error(); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.err, got, tt.want)
		}
	}
}
