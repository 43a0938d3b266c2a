// Package atstart tells what the program was started with, where Go's runtime
// has changed it before any line of Go could look: it handles a SIGTERM that
// was ignored, and opens /dev/null in place of what was closed.
package atstart

import (
	"os"
	"os/signal"
	"syscall"
)

// KeepIgnored ignores SIGTERM, for children too, if it was ignored at the
// start. (An ignored SIGHUP and SIGINT the runtime leaves alone.)
func KeepIgnored() {
	if sigterm() {
		signal.Ignore(syscall.SIGTERM)
	}
}

// File returns f, or if that was closed at the start, /dev/null opened the wrong
// way round: reading and writing it fail, and a child that inherits it does not
// get a file of its own in that place.
func File(f *os.File) *os.File {
	if !closed(f.Fd()) {
		return f
	}
	mode := os.O_RDONLY
	if f == os.Stdin {
		mode = os.O_WRONLY
	}
	wrong, _ := os.OpenFile(os.DevNull, mode, 0)
	return wrong
}
