package stdio

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// Inherited returns false: Windows has handles in place of file descriptors.
func Inherited(int) bool { return false }

// EnableEscapes lets the console read escape sequences, if f is one.
func EnableEscapes(f *os.File) {
	var mode uint32
	console := windows.Handle(f.Fd())
	if windows.GetConsoleMode(console, &mode) == nil {
		windows.SetConsoleMode(console, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING)
	}
}

const readable, writable = 0, 0

// await is not called on Windows, where a read or write of a file waits.
func await(*os.File, int16) error { return errors.ErrUnsupported }
