// Package explain says in plain words what the lines of an SMTP dialogue mean, and what
// is in the content of a mail as it is sent. All sentences are in sentences.go.
package explain

import (
	"fmt"
	"sync"

	"mailpipe/internal/chart"
	"mailpipe/internal/termtext"
	"mailpipe/wire"
)

// An Explainer prints each line of a dialogue and then a sentence about it. The
// sentences about a line of the dialogue begin with the number that its arrow has in a
// chart. An Explainer may be used concurrently.
type Explainer struct {
	mu      sync.Mutex
	columns int // of a line without its mark, "-- "
	print   func(wire.Direction, string)
	numbers chart.Numbers
	dialogue
	content
}

// New returns an Explainer. print gets each line of the dialogue, of the content and of
// the sentences; the latter are notes. With the mark "-- " they have at most so many
// columns.
func New(columns int, print func(dir wire.Direction, line string)) *Explainer {
	x := &Explainer{columns: columns - len("-- "), print: print}
	x.content.Explainer = x
	return x
}

// Event prints a line of the dialogue and explains it. It can be used as a wire.Trace.
func (x *Explainer) Event(e wire.Event) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.content.endsWith(e) {
		x.content.end()
	}
	if e.Dir != wire.DirDecision {
		x.print(e.Dir, e.Text)
	}
	number := ""
	if n := x.numbers.Of(e); n > 0 {
		number = fmt.Sprintf("(%d) ", n)
	}
	x.explain(number, x.clauses(e)...)
}

// Write prints content and explains it. It can be used as a wire.Server.TraceContent.
func (x *Explainer) Write(p []byte) (int, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.content.write(p)
	return len(p), nil
}

// explain prints the clauses of a sentence, as many on a line as fit.
func (x *Explainer) explain(number string, clauses ...string) {
	line := number
	for i, clause := range clauses {
		end := ";"
		if i == len(clauses)-1 {
			end = "."
		}
		clause += end
		switch {
		case line == number:
		case termtext.Columns(line+" "+clause) > x.columns:
			x.print(wire.DirNote, line)
			line = number
		default:
			line += " "
		}
		line += clause
	}
	if len(clauses) > 0 {
		x.print(wire.DirNote, line)
	}
}
