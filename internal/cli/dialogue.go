package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"mailpipe/internal/explain"
	"mailpipe/internal/signals"
	"mailpipe/internal/stdio"
	"mailpipe/internal/termtext"
	"mailpipe/wire"
)

// trace returns what receives the dialogue and the content. They are nil if they are
// not needed.
func (d *deliveryRequest) trace() (wire.Trace, io.Writer, error) {
	if err := d.openChart(); err != nil {
		return nil, nil, err
	}
	var all []wire.Trace
	trace, content := d.tracer("", d.printLine)
	if trace != nil {
		all = append(all, trace)
	}
	if d.chart != nil {
		all = append(all, d.chart.Add)
	}
	if d.flags.Bool("verbose") || stdio.IsTerminal(d.Stderr) {
		all = append(all, d.noteSilence())
	}
	if all == nil {
		return nil, nil, nil
	}
	return func(e wire.Event) {
		for _, trace := range all {
			trace(e)
		}
	}, content, nil
}

// tracer returns what prints the dialogue and the content as --trace says, in lines after
// a prefix. They are nil if they are not to be printed.
func (c *call) tracer(prefix string, print func(line string)) (wire.Trace, io.Writer) {
	show := func(dir wire.Direction, text string) { print(prefix + c.traceLine(dir, text)) }
	switch {
	case !c.flags.IsSet("trace"):
		return nil, nil
	case c.explains():
		x := explain.New(explainWidth-len(prefix), show)
		return x.Event, x
	}
	return func(e wire.Event) {
		if e.Dir != wire.DirDecision {
			show(e.Dir, e.Text)
		}
	}, nil
}

// explainWidth is the width of an explanation, in columns.
const explainWidth = 100

// explains reports whether the dialogue is explained.
func (c *call) explains() bool { return c.flags.String("trace") == "explain" }

// silence is how long a server may take for its greeting until a note says so.
const silence = 3 * time.Second

// noteSilence returns a trace that notes if a connection has no greeting. The
// reason may be that the port begins with TLS, or that a firewall is slow.
func (d *deliveryRequest) noteSilence() wire.Trace {
	stop := func() bool { return true }
	return func(e wire.Event) {
		stop()
		if isConnected(e) {
			stop = time.AfterFunc(silence, func() {
				d.note("%s, but there is no greeting after 3 s", termtext.Line(e.Text))
			}).Stop
		}
	}
}

// isConnected reports whether an event says that a connection was made.
func isConnected(e wire.Event) bool {
	return e.Stage == wire.StageConnect && strings.HasPrefix(e.Text, "connected ")
}

// printLine prints a line of the dialogue to standard error. After a signal it
// waits no longer for the reader, so that the outcome can become known.
func (d *deliveryRequest) printLine(line string) {
	printed := make(chan struct{})
	go func() {
		fmt.Fprintln(d.progress, line)
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
func (c *call) traceLine(dir wire.Direction, text string) string {
	if c.flags.Bool("verbose") {
		return marks[dir] + termtext.Escape(text)
	}
	return marks[dir] + termtext.Line(text)
}

var marks = map[wire.Direction]string{wire.DirSent: "C: ", wire.DirReceived: "S: ", wire.DirNote: "-- "}
