//go:build linux

package testservers

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// builtIn is the directory of the built program, or empty. TestMain removes it.
var builtIn string

var build = sync.OnceValues(func() (program string, err error) {
	if builtIn, err = os.MkdirTemp("", "mp"); err != nil {
		return "", err
	}
	program = filepath.Join(builtIn, "mailpipe")
	cmd := exec.Command("go", "build", "-buildvcs=false", "-o", program, ".")
	cmd.Dir = "../.."
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return program, nil
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
	w.sh("ln -sf '"+buildProgram(t)+"' bin/mailpipe").want(t, 0)
	return w
}
