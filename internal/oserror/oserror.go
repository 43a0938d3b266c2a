// Package oserror shows errors of the operating system.
package oserror

import (
	"errors"
	"io/fs"
	"os"
)

// Reason returns what the system said, without the call and the file that an
// error of os, io/fs or net names.
func Reason(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return Reason(path.Err)
	}
	var call *os.SyscallError
	if errors.As(err, &call) {
		return call.Err.Error()
	}
	return err.Error()
}
