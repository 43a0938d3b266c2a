//go:build linux

package testservers

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

const rateConfig = `default = "work"
[accounts.work]
from = %q
server = %q
rate = "600/m"
`

// The clock jumps between two flushes: all times in the spool move the other way,
// which is the same for a program that starts anew. No message waits for the clock
// to catch up, and none is given up before it was tried again.
func TestClockJumps(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for _, jump := range []struct {
		name  string
		by    time.Duration
		tries int  // of the waiting message, before the jump
		down  bool // the relay is still stopped after it
		code  int
		says  string
	}{
		{"back", -365 * day, 6, false, 0, "sent 2, waiting 0, failed 0"},
		{"forward", 30 * day, 6, false, 0, "sent 2, waiting 0, failed 0"},
		{"forward, relay is down", 30 * day, 1, true, 75, "sent 0, waiting 2, failed 0"},
	} {
		t.Run(jump.name, func(t *testing.T) {
			t.Parallel()
			r := startRelay(t)
			w := newWorkspace(t)
			config := w.write("config", fmt.Sprintf(rateConfig, alice, r.url()))
			keep := func(subject string) arrival {
				w.mailpipe(strings.NewReader("Subject: "+subject+"\n\nx\n"), "deliver", "--config", config,
					"--spool", w.path("s"), "--spool-only", "-f", alice, bob).want(t, 0)
				return arrival{subject, bob}
			}
			flush := []string{"queue", "flush", "--for", "30s", "--config", config, "--spool", w.path("s")}
			sent := keep("sent before")
			w.mailpipe(nil, flush...).want(t, 0, "sent 1, ")
			r.stop()
			tried := keep("tried before")
			for range jump.tries {
				w.mailpipe(nil, append(flush, "--all")...).want(t, 75, "connection refused")
			}
			untried := keep("untried")
			w.moveTimes("s", -jump.by)
			if !jump.down {
				r.start(t)
			}
			w.mailpipe(nil, flush...).want(t, jump.code, jump.says)
			if jump.down {
				r.arrivedOnce(t, sent)
				return
			}
			r.arrivedOnce(t, sent, tried, untried)
		})
	}
}

var timestamp = regexp.MustCompile(`"\d{4}-\d\d-\d\dT[^"]*Z"`)

// moveTimes adds a duration to all times in a spool: of its files, and in its
// envelopes and records.
func (w workspace) moveTimes(dir string, by time.Duration) {
	w.t.Helper()
	moved := make(map[string]int) // by the first word of the name
	for name, text := range w.files(dir) {
		path := filepath.Join(dir, name)
		if !strings.HasSuffix(name, ".eml") {
			w.write(path, timestamp.ReplaceAllStringFunc(text, func(quoted string) string {
				at, err := time.Parse(`"`+time.RFC3339Nano+`"`, quoted)
				if err != nil {
					w.t.Error(err)
				}
				kind, _, _ := strings.Cut(name, "-")
				moved[kind]++
				return at.Add(by).Format(`"` + time.RFC3339Nano + `"`)
			}))
		}
		then := time.Now().Add(by)
		if err := os.Chtimes(w.path(path), then, then); err != nil {
			w.t.Error(err)
		}
	}
	for _, kind := range []string{"server", "rate", "flushed"} {
		if moved[kind] == 0 {
			w.t.Errorf("no times of the kind %s are in the spool: %v", kind, moved)
		}
	}
}
