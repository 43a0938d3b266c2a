package cli

import (
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"mailpipe/internal/statedir"
)

// lock runs `lock SPOOL FILE`. It locks the entry whose ID is in FILE until the
// script ends.
func lock(ts *testscript.TestScript, neg bool, args []string) {
	id := strings.TrimSpace(ts.ReadFile(args[1]))
	f, err := statedir.OS{}.Open(ts.MkAbs(args[0] + "/" + id + ".eml"))
	ts.Check(err)
	ts.Defer(func() { f.Close() })
	if got, err := f.Lock(); !got {
		ts.Fatalf("the entry cannot be locked: %v", err)
	}
}

func TestShortSpan(t *testing.T) {
	const day = 24 * time.Hour
	for d, want := range map[time.Duration]string{
		-time.Minute: "0s", 0: "0s", time.Minute - 1: "59s",
		time.Minute: "1m", time.Hour - 1: "59m",
		time.Hour: "1h", 2*day - 1: "47h",
		2 * day: "2d", 400 * day: "400d",
	} {
		if got := shortSpan(d); got != want {
			t.Errorf("%s: %s, want %s", d, got, want)
		}
	}
}
