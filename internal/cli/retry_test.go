package cli

import (
	"context"
	"errors"
	"flag"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	urfave "github.com/urfave/cli/v2"

	"mailpipe/internal/attempt"
	"mailpipe/internal/config"
	"mailpipe/internal/progress"
	"mailpipe/internal/signals"
	"mailpipe/wire"
)

// The pauses between attempts double from 1 s to 60 s. Each is up to 20 % shorter or
// longer, so that hosts do not retry in step.
func TestPauses(t *testing.T) {
	h := signals.New(nil) // not in the bubble, which signals come from outside of
	defer h.Release()
	synctest.Test(t, func(t *testing.T) {
		const retryFor = 20 * time.Minute
		began := time.Now()
		var times []time.Time
		down := wire.Server{Name: "relay", Security: wire.TLSNone, Dial: func(context.Context) (net.Conn, error) {
			times = append(times, time.Now())
			return nil, errors.New("down")
		}}
		d := &deliveryRequest{
			call: &call{
				Env: &Env{}, progress: progress.New(nil),
				flags: urfave.NewContext(nil, flag.NewFlagSet("", flag.PanicOnError), nil),
			},
			settings: new(config.Settings), signals: h, retryFor: retryFor,
			envelope: wire.Envelope{From: "a@example.org", To: []string{"b@example.org"}},
		}
		k := &keeper{d: d, route: attempt.Route{Servers: []wire.Server{down}}}
		if err := d.attempts(k, &content{source: strings.NewReader("x\n")}); exitCode(err) != exitTemporary {
			t.Fatalf("error %v", err)
		}
		if last := time.Since(began); last > retryFor || last < retryFor-maxPause*12/10 {
			t.Errorf("the last attempt came after %s", last)
		}
		varied := 0
		for i := range len(times) - 1 {
			pause, want := times[i+1].Sub(times[i]), min(time.Second<<min(i, 9), time.Minute)
			if pause < want*8/10 || pause > want*12/10 {
				t.Errorf("pause %d took %s, want about %s", i, pause, want)
			}
			if pause < want*95/100 || pause > want*105/100 {
				varied++
			}
		}
		if varied == 0 {
			t.Errorf("all %d pauses have the same length in all processes", len(times)-1)
		}
	})
}
