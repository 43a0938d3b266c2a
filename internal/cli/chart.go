package cli

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"mailpipe/internal/chart"
	"mailpipe/internal/oserror"
	"mailpipe/internal/termtext"
)

// A chartFile is the chart of a dialogue and the file that it goes to.
type chartFile struct {
	chart.Chart
	name string
	file io.WriteCloser // nil: standard error
}

// checkChart checks the name of --chart.
func (c *call) checkChart() error {
	name := c.flags.String("chart")
	switch extension(name) {
	case ".png", ".jpg", ".jpeg", ".gif", ".webp", ".pdf": // a text in such a file would be a surprise
		e := usage("--chart %s: unsupported image format", termtext.Line(name))
		return e.withHint("name a file that ends in .svg")
	}
	return nil
}

// createChart creates the file of a chart, so that an error is reported before
// mailpipe connects.
func createChart(name string) (*chartFile, error) {
	c := &chartFile{name: name}
	if name == "-" {
		return c, nil
	}
	f, err := os.Create(name)
	if err != nil {
		return nil, fail(exitCantCreate, "--chart %s: %w", pathLine(name), oserror.Reason(err))
	}
	c.file = f
	return c, nil
}

// openChart creates the chart of --chart.
func (d *deliveryRequest) openChart() (err error) {
	if d.flags.IsSet("chart") {
		d.chart, err = createChart(d.flags.String("chart"))
	}
	if d.chart != nil {
		d.chart.Server = d.settings.Servers[0].Name
		d.chart.Numbered = d.explains()
	}
	return err
}

// drawChart draws the dialogue with a server; "" stands for the first one. A
// failure is noted, because it cannot change what became of the mail.
func (d *deliveryRequest) drawChart(server string) {
	c := d.chart
	if c == nil {
		return
	}
	if server != "" {
		c.Server = server
	}
	d.draw(c)
}

// draw draws a chart. A failure is noted.
func (c *call) draw(chart *chartFile) {
	if err := chart.draw(c.progress, !c.speaksUTF8()); err != nil {
		c.note("--chart %s: %s", termtext.Line(chart.name), oserror.Reason(err))
	}
}

func (c *chartFile) draw(stderr io.Writer, ascii bool) (err error) {
	if c.file == nil {
		return c.Text(stderr, ascii)
	}
	if extension(c.name) == ".svg" {
		err = c.SVG(c.file)
	} else {
		err = c.Text(c.file, ascii)
	}
	return errors.Join(err, c.file.Close())
}

func extension(name string) string { return strings.ToLower(filepath.Ext(name)) }

// speaksUTF8 reports whether the character set of the locale is UTF-8.
func (c *call) speaksUTF8() bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if locale := strings.ToLower(c.Getenv(name)); locale != "" {
			return strings.Contains(locale, "utf-8") || strings.Contains(locale, "utf8")
		}
	}
	return false
}
