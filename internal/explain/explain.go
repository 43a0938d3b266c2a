// Package explain says in plain words what the lines of an SMTP dialogue mean, and what
// is in the content of a mail as it is sent. All sentences are in sentences.go.
package explain

import (
	"fmt"
	"sync"

	"mailpipe/internal/chart"
	"mailpipe/wire"
)

// An Explainer prints each line of a dialogue and then a sentence about it. The
// sentences about a line of the dialogue begin with the number that its arrow has in a
// chart. An Explainer may be used concurrently.
type Explainer struct {
	mu       sync.Mutex
	printer  printer
	numbers  chart.Numbers
	dialogue dialogue
	content  content
}

// New returns an Explainer. print gets each line of the dialogue, of the content and of
// the sentences; the latter are notes. With the mark "-- " they have at most so many
// columns.
func New(columns int, print func(dir wire.Direction, line string)) *Explainer {
	p := printer{columns - len("-- "), print}
	return &Explainer{printer: p, content: content{printer: p}}
}

// Event prints a line of the dialogue and explains it. It can be used as a wire.Trace.
func (x *Explainer) Event(e wire.Event) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.content.endsWith(e) {
		x.content.end()
	}
	if e.Dir != wire.DirDecision {
		x.printer.print(e.Dir, e.Text)
	}
	number := ""
	if n := x.numbers.Of(e); n > 0 {
		number = fmt.Sprintf("(%d) ", n)
	}
	x.printer.explain(number, x.dialogue.clauses(e)...)
}

// Write prints content and explains it. It can be used as a wire.Server.TraceContent.
func (x *Explainer) Write(p []byte) (int, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.content.write(p)
	return len(p), nil
}
