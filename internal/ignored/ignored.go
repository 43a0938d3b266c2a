// Package ignored keeps a signal ignored that was so when the program began.
// Go's runtime leaves such a SIGHUP and SIGINT alone; a SIGTERM it handles
// before any line of Go can see what was there.
package ignored

import (
	"os/signal"
	"syscall"
)

// Keep ignores SIGTERM, for children too, if it was ignored at the start. In a
// program that was built without cgo nobody knows, and it does nothing.
func Keep() {
	if sigterm() {
		signal.Ignore(syscall.SIGTERM)
	}
}
