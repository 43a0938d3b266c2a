//go:build linux

package testservers

import (
	"path/filepath"
	"sync"
	"testing"
)

var build = sync.OnceValues(func() (program string, err error) {
	return Build(filepath.Join(programs, "built"))
})

// buildProgram builds mailpipe once, as users do, without the race detector.
func buildProgram(t testing.TB) string {
	t.Helper()
	Need(t, "go")
	program, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return program
}

// builtWorkspace returns a workspace whose mailpipe is the built program. It starts
// faster than the test binary, which is mailpipe in the others.
func builtWorkspace(t testing.TB) workspace {
	t.Helper()
	w := newWorkspace(t)
	w.link(buildProgram(t))
	return w
}
