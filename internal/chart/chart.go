// Package chart draws an SMTP dialogue as a message sequence chart.
package chart

import (
	"io"

	"mailpipe/wire"
)

// Chart gathers events. The zero value is ready.
type Chart struct {
	Server string // name over the right line
}

// Add is a wire.Trace.
func (c *Chart) Add(e wire.Event) { panic("unwritten") }

// Text draws with box characters, or in ASCII.
func (c *Chart) Text(w io.Writer, ascii bool) error { panic("unwritten") }

// SVG draws a picture.
func (c *Chart) SVG(w io.Writer) error { panic("unwritten") }
