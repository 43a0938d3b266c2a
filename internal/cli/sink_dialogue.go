package cli

import (
	"fmt"
	"strings"

	"mailpipe/internal/sink"
	"mailpipe/wire"
)

// A sinkDialogue shows what the clients of a sink and the sink say.
type sinkDialogue struct {
	*call
	first *chartFile // of the first session; nil without --chart
}

// newSinkDialogue creates the first chart, so that an error is reported at the start.
func (c *call) newSinkDialogue() (*sinkDialogue, error) {
	d := &sinkDialogue{call: c}
	if !c.flags.IsSet("chart") {
		return d, nil
	}
	err := c.checkChart()
	if err == nil {
		d.first, err = createChart(c.flags.String("chart"))
	}
	return d, err
}

// observe returns the observer of a session. The lines of --trace begin with the number of
// the session, except in the first one.
func (d *sinkDialogue) observe(number int) sink.Observer {
	prefix := ""
	if number > 1 {
		prefix = fmt.Sprint(number, " ")
	}
	chart := d.chart(number)
	print, content := d.tracer(prefix, func(line string) { fmt.Fprintln(d.Stderr, line) })
	trace := func(e wire.Event) {
		if print != nil {
			print(e)
		}
		if chart != nil {
			chart.Add(e)
		}
	}
	end := func() {
		if chart != nil {
			d.draw(chart)
		}
	}
	return sink.Observer{Trace: trace, TraceContent: content, End: end}
}

// chart returns the chart of a session, or nil. If its file cannot be created, a note
// says so, because the mail is received anyway.
func (d *sinkDialogue) chart(number int) *chartFile {
	chart := d.first
	if chart != nil && number > 1 {
		var err error
		if chart, err = createChart(numbered(chart.name, number)); err != nil {
			d.note("%s", err)
		}
	}
	if chart != nil {
		chart.Client, chart.Server = "client", "mailpipe sink"
		chart.Numbered = d.explains()
	}
	return chart
}

// numbered returns the name of the file for a session after the first one: FILE-2,
// FILE-3. The number precedes an extension.
func numbered(name string, number int) string {
	if name == "-" {
		return name
	}
	ext := name[len(name)-len(extension(name)):]
	return fmt.Sprintf("%s-%d%s", strings.TrimSuffix(name, ext), number, ext)
}
