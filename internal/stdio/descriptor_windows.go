package stdio

import (
	"errors"
	"os"
)

// Inherited returns false: Windows has handles in place of file descriptors.
func Inherited(int) bool { return false }

const readable, writable = 0, 0

// await is not called on Windows, where a read or write of a file waits.
func await(*os.File, int16) error { return errors.ErrUnsupported }
