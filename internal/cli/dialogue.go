package cli

import (
	"fmt"
	"time"

	"mailpipe/internal/signals"
	"mailpipe/internal/termtext"
	"mailpipe/wire"
)

// trace returns the function that receives the dialogue for --trace and
// --chart, or nil.
func (d *deliveryRequest) trace() (wire.Trace, error) {
	if err := d.openChart(); err != nil {
		return nil, err
	}
	printed, drawn := d.flags.Bool("trace"), d.chart != nil
	if !printed && !drawn {
		return nil, nil
	}
	return func(e wire.Event) {
		if printed {
			d.printEvent(e)
		}
		if drawn {
			d.chart.Add(e)
		}
	}, nil
}

// printEvent prints a line of the dialogue to standard error. After a signal it
// waits no longer for the reader, so that the outcome can become known.
func (d *deliveryRequest) printEvent(e wire.Event) {
	text := termtext.Line(e.Text)
	if d.flags.Bool("verbose") {
		text = termtext.Escape(e.Text)
	}
	printed := make(chan struct{})
	go func() {
		fmt.Fprintln(d.Stderr, marks[e.Dir]+text)
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

var marks = map[wire.Direction]string{wire.DirSent: "C: ", wire.DirReceived: "S: ", wire.DirNote: "-- "}
