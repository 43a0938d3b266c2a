package cli

import (
	"os"
	"strings"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"
)

// lock runs `lock SPOOL FILE`. It locks the entry whose ID is in FILE until the
// script ends.
func lock(ts *testscript.TestScript, neg bool, args []string) {
	id := strings.TrimSpace(ts.ReadFile(args[1]))
	f, err := os.Open(ts.MkAbs(args[0] + "/" + id + ".eml"))
	ts.Check(err)
	ts.Defer(func() { f.Close() })
	ts.Check(syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB))
}
