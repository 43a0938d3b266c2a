// Package progress shows on the last line of a terminal what a program waits for,
// or how far it is.
package progress

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"mailpipe/internal/termtext"
)

const (
	delay    = time.Second            // what takes less time is not shown
	interval = 200 * time.Millisecond // between two updates of the line
	span     = 5 * time.Second        // between two lines that remain
)

// A Line is standard error with a last line that shows the current Stage. Messages
// are written with Write, which erases that line first. Nothing is shown before
// Start. The methods may be called concurrently.
type Line struct {
	out     io.Writer
	screen  func() (columns int, ok bool) // ok: the process is in the foreground of a terminal
	current atomic.Pointer[Stage]         // nil: nothing is shown

	// mu is held while the line is written, which waits if Ctrl-S has stopped the
	// terminal. What the work calls, such as Begin and End, does without it.
	mu      sync.Mutex
	timer   *time.Timer
	opt     Options
	shown   int // columns of the line on the terminal
	paused  int
	idle    time.Time // the last time without a Stage, or in a pause
	printed time.Time // when a line that remains was printed last
}

// Options are the arguments of Start.
type Options struct {
	Title string // what a line that remains begins with
	Force bool   // print lines that remain if there is no terminal
	Dumb  bool   // print such lines on a terminal as well
}

// New returns a Line for standard error.
func New(stderr *os.File) *Line {
	return &Line{out: stderr, screen: func() (int, bool) { return screen(stderr) }}
}

// Start begins to show the current Stage: on one line if standard error is a
// terminal and the process is in its foreground. It is called once, before Begin.
func (l *Line) Start(opt Options) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.opt, l.idle = opt, time.Now()
	l.timer = time.AfterFunc(interval, l.update)
}

// Started reports whether Start was called.
func (l *Line) Started() bool { return l.timer != nil }

// Begin makes a Stage the current one. size is the number of octets that will be
// written to it; 0 means unknown.
func (l *Line) Begin(words string, size int64) *Stage {
	s := newStage(words, size, time.Now())
	l.Show(s)
	return s
}

// Show makes a Stage that has begun the current one again. Nil ends the current one.
func (l *Line) Show(s *Stage) { l.current.Store(s) }

// End ends the current Stage. The line is erased at its next update, or before something
// else is written.
func (l *Line) End() { l.Show(nil) }

// Stop ends the current Stage and erases the line.
func (l *Line) Stop() {
	l.End()
	l.Pause()
}

// Pause erases the line and shows nothing until resume is called.
func (l *Line) Pause() (resume func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.paused++
	l.erase()
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.paused--
		l.idle = time.Now()
	}
}

// Write erases the line and writes a message to standard error.
func (l *Line) Write(p []byte) (int, error) { return l.Before(l.out).Write(p) }

// Before returns a writer to w, which is the same terminal. It erases the line
// before each write.
func (l *Line) Before(w io.Writer) io.Writer { return eraser{l, w} }

type eraser struct {
	l *Line
	w io.Writer
}

func (e eraser) Write(p []byte) (int, error) {
	defer e.l.Pause()() // without holding mu: the reader of a message may have stopped
	return e.w.Write(p)
}

// update shows the current Stage.
func (l *Line) update() {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.timer.Reset(interval)
	s, now := l.current.Load(), time.Now()
	if s == nil || l.paused > 0 {
		l.idle = now
		l.erase()
		return
	}
	s.measure(now)
	busy := now.Sub(l.idle)
	columns, isOurs := l.screen()
	switch {
	case isOurs && !l.opt.Dumb:
		if busy > delay {
			l.draw(s.text(now), columns-1) // some terminals begin a new line after the last column
		}
	case isOurs || l.opt.Force:
		if busy > span && now.Sub(l.printed) >= span {
			l.printed = now
			fmt.Fprintf(l.out, "%s: %s\n", l.opt.Title, s.text(now))
		}
	}
}

// draw replaces the line. An error is of no consequence: the terminal is gone.
func (l *Line) draw(text string, columns int) {
	text = termtext.Cut(text, columns, "")
	n := termtext.Columns(text)
	rest := max(min(l.shown, columns)-n, 0)
	io.WriteString(l.out, "\r"+text+strings.Repeat(" ", rest))
	l.shown = n
}

// erase removes the line, unless another process has the terminal now.
func (l *Line) erase() {
	columns, isOurs := 0, false
	if l.shown > 0 {
		columns, isOurs = l.screen()
	}
	if isOurs {
		io.WriteString(l.out, "\r"+strings.Repeat(" ", min(l.shown, columns-1))+"\r")
	}
	l.shown = 0
}
