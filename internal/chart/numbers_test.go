package chart

import (
	"fmt"
	"strings"
	"testing"

	"mailpipe/internal/termtext"
	"mailpipe/wire"
)

// The number of an arrow is that of its events, also if arrows before it are left out.
func TestNumbers(t *testing.T) {
	s := newScript("smtp://x")
	s.play(t, delivery)
	s.add(wire.DirSent, wire.StageMail, 1, "MAIL FROM:<a@example.org>")
	for i := range 40 {
		s.add(wire.DirReceived, wire.StageRcpt, 1, fmt.Sprintf("250 recipient %d", i))
	}
	s.add(wire.DirReceived, wire.StageRcpt, 1, "550 last")
	s.Numbered = true
	var text, image strings.Builder
	if err := s.Text(&text, false); err != nil {
		t.Fatal(err)
	}
	if err := s.SVG(&image); err != nil {
		t.Fatal(err)
	}
	var numbers Numbers
	last := 0
	for _, e := range s.events {
		n := numbers.Of(e)
		switch {
		case e.Dir == wire.DirNote:
			if n != 0 {
				t.Errorf("the note %q has the number %d", e.Text, n)
			}
			continue
		case n != last && n != last+1:
			t.Errorf("%q has the number %d after %d", e.Text, n, last)
		case n == last+1 && !strings.HasPrefix(e.Text, "250 recipient"):
			label := termtext.Cut(fmt.Sprintf("(%d) %s", n, termtext.Escape(e.Text)), maxText, "…")
			if !strings.Contains(text.String(), " "+label+" ") {
				t.Errorf("the chart lacks %q:\n%s", label, text.String())
			}
			if label := fmt.Sprintf(">(%d) ", n); !strings.Contains(image.String(), label) {
				t.Errorf("the image lacks %q", label)
			}
		}
		last = n
	}
	if last != 17+1+40+1 {
		t.Errorf("%d arrows", last)
	}
	if n := numbers.Of(wire.Event{Dir: wire.DirDecision}); n != 0 {
		t.Errorf("a decision has the number %d", n)
	}
}
