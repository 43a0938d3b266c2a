package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"mailpipe/internal/chart"
	"mailpipe/internal/oserror"
	"mailpipe/internal/termtext"
	"mailpipe/wire"
)

// listeners returns what hears the dialogue: --trace, --chart, both, or nil.
func (d *deliveryRequest) listeners() (wire.Trace, error) {
	var all []wire.Trace
	if d.flags.Bool("trace") {
		all = append(all, d.printEvent)
	}
	if d.flags.IsSet("chart") {
		c, err := d.openChart(d.flags.String("chart"))
		if err != nil {
			return nil, err
		}
		d.chart = c
		all = append(all, c.Add)
	}
	if len(all) == 0 {
		return nil, nil
	}
	return func(e wire.Event) {
		for _, hear := range all {
			hear(e)
		}
	}, nil
}

// printEvent writes a line of the dialogue to standard error.
func (d *deliveryRequest) printEvent(e wire.Event) {
	mark := map[wire.Direction]string{wire.DirSent: "C: ", wire.DirReceived: "S: ", wire.DirNote: "-- "}[e.Dir]
	text := termtext.Line(e.Text)
	if d.flags.Bool("verbose") {
		text = termtext.Text(e.Text)
	}
	fmt.Fprintln(d.Stderr, mark+text)
}

// chartFile is the chart of a dialogue and where it is drawn.
type chartFile struct {
	chart.Chart
	name string
	w    io.WriteCloser // nil: standard error
}

// openChart makes the file before the server is called: that it cannot be made is worth an error then.
func (d *deliveryRequest) openChart(name string) (*chartFile, error) {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".png", ".jpg", ".jpeg", ".gif", ".webp", ".pdf": // no text is looked for there
		return nil, usage("--chart %s: a picture is drawn as SVG: *.svg", termtext.Line(name))
	}
	c := &chartFile{name: name}
	c.Server = d.settings.Servers[0].Text
	if name == "-" {
		return c, nil
	}
	f, err := os.Create(name)
	if err != nil {
		return nil, fail(exitCantCreate, fmt.Errorf("--chart %s: %w", pathLine(name), plainError{err}))
	}
	c.w = f
	return c, nil
}

// drawChart draws what was heard. A failure cannot change what became of the mail.
func (d *deliveryRequest) drawChart(receipt wire.Receipt) {
	c := d.chart
	if c == nil {
		return
	}
	if receipt.Server != "" {
		c.Server = receipt.Server
	}
	var err error
	switch {
	case c.w == nil:
		err = c.Text(d.Stderr, !d.speaksUTF8())
	case strings.HasSuffix(strings.ToLower(c.name), ".svg"):
		err = c.SVG(c.w)
	default:
		err = c.Text(c.w, !d.speaksUTF8())
	}
	if c.w != nil {
		if closeErr := c.w.Close(); err == nil {
			err = closeErr
		}
	}
	if err != nil {
		d.note("--chart %s: %s", termtext.Line(c.name), oserror.Reason(err))
	}
}

// speaksUTF8 reports whether the locale's charset is UTF-8.
func (c *call) speaksUTF8() bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if locale := c.Getenv(name); locale != "" {
			charset := strings.ToLower(locale)
			return strings.Contains(charset, "utf-8") || strings.Contains(charset, "utf8")
		}
	}
	return false
}
