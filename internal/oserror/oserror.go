// Package oserror shows errors of the operating system.
package oserror

import (
	"errors"
	"io/fs"
	"os"
)

// Reason returns the error of the system in err, without the call and the file
// that an error of os, io/fs or net names. If there is none, it returns err.
func Reason(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return Reason(path.Err)
	}
	var call *os.SyscallError
	if errors.As(err, &call) {
		return call.Err
	}
	return err
}
