package stdio

import (
	"errors"
	"os"
	"syscall"
)

// An Output writes to standard output. Its errors are of type *Error.
type Output struct{ File *os.File }

// Write implements io.Writer. Another program that has the file open may have
// made it non-blocking, so Write waits if there is no room.
func (o Output) Write(p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		var k int
		k, err = o.File.Write(p[n:])
		n += k
		if errors.Is(err, syscall.EAGAIN) {
			err = await(o.File, writable)
		}
	}
	if err != nil {
		err = &Error{Err: err, output: true}
	}
	return n, err
}
