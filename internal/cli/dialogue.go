package cli

import (
	"fmt"
	"strings"
	"time"

	"mailpipe/internal/signals"
	"mailpipe/internal/stdio"
	"mailpipe/internal/termtext"
	"mailpipe/wire"
)

// trace returns the function that receives the dialogue, or nil if it is not
// needed.
func (d *deliveryRequest) trace() (wire.Trace, error) {
	if err := d.openChart(); err != nil {
		return nil, err
	}
	var all []wire.Trace
	if d.flags.Bool("trace") {
		all = append(all, d.printEvent)
	}
	if d.chart != nil {
		all = append(all, d.chart.Add)
	}
	if d.flags.Bool("verbose") || stdio.IsTerminal(d.Stderr) {
		all = append(all, d.noteSilence())
	}
	if all == nil {
		return nil, nil
	}
	return func(e wire.Event) {
		for _, trace := range all {
			trace(e)
		}
	}, nil
}

// silence is how long a server may take for its greeting until a note says so.
const silence = 3 * time.Second

// noteSilence returns a trace that notes if a connection has no greeting. The
// reason may be that the port begins with TLS, or that a firewall is slow.
func (d *deliveryRequest) noteSilence() wire.Trace {
	stop := func() bool { return true }
	return func(e wire.Event) {
		stop()
		if e.Stage == wire.StageConnect && strings.HasPrefix(e.Text, "connected ") {
			stop = time.AfterFunc(silence, func() {
				d.note("%s, but there is no greeting after 3 s", termtext.Line(e.Text))
			}).Stop
		}
	}
}

// printEvent prints a line of the dialogue to standard error. After a signal it
// waits no longer for the reader, so that the outcome can become known.
func (d *deliveryRequest) printEvent(e wire.Event) {
	text := d.traceLine(e)
	printed := make(chan struct{})
	go func() {
		fmt.Fprintln(d.Stderr, text)
		close(printed)
	}()
	select {
	case <-printed:
		return
	case <-d.signals.Context().Done():
	}
	select {
	case <-printed:
	case <-time.After(signals.Grace):
	}
}

// traceLine returns a line of --trace.
func (c *call) traceLine(e wire.Event) string {
	if c.flags.Bool("verbose") {
		return marks[e.Dir] + termtext.Escape(e.Text)
	}
	return marks[e.Dir] + termtext.Line(e.Text)
}

var marks = map[wire.Direction]string{wire.DirSent: "C: ", wire.DirReceived: "S: ", wire.DirNote: "-- "}
