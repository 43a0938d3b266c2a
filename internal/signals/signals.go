// Package signals decides what SIGINT, SIGTERM and SIGHUP do to the process.
package signals

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"slices"
	"sync"
	"syscall"
	"time"
)

// A Handler ends the process by the signal that it gets. After Postpone it
// cancels Context instead, so that the work in hand can come to an end. After
// Decide the process exits with the status that is known then.
// A signal that was ignored at the start, as under nohup, stays ignored.
type Handler struct {
	ctx     context.Context
	cancel  context.CancelCauseFunc
	signals chan os.Signal
	last    func(os.Signal)

	mu        sync.Mutex
	postponed func(os.Signal) bool // whether a signal cancels ctx; nil: none does
	caught    os.Signal            // while postponed; nil: none
	exit      func()               // set by Decide
}

// Grace is how long a program that got a signal waits for the readers of its
// output.
const Grace = time.Second

// New returns a Handler that waits for SIGINT, SIGTERM and SIGHUP. If last is
// not nil, it is called before a signal ends the process.
func New(last func(os.Signal)) *Handler {
	h := &Handler{signals: make(chan os.Signal, 1), last: last}
	h.ctx, h.cancel = context.WithCancelCause(context.Background())
	h.Add(syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	go h.wait()
	return h
}

// Add waits for further signals.
func (h *Handler) Add(signals ...os.Signal) {
	for _, s := range signals {
		if !signal.Ignored(s) { // Notify would undo it
			signal.Notify(h.signals, s)
		}
	}
}

// Before lets f run before a signal ends the process, and before the function
// that New got. release undoes that.
func (h *Handler) Before(f func()) (release func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	last := h.last
	h.last = func(s os.Signal) {
		f()
		if last != nil {
			last(s)
		}
	}
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.last = last
	}
}

func (h *Handler) wait() {
	for s := range h.signals {
		h.mu.Lock()
		switch {
		case h.exit != nil:
			h.exit()
		case h.postponed == nil || !h.postponed(s):
			h.end(s) // with the lock held, so that Postpone comes too late
		}
		h.caught = s
		h.mu.Unlock()
		h.cancel(errors.New(s.String()))
	}
}

// Ignore ignores signals until restore is called. A child that was started before does
// not ignore them.
func (h *Handler) Ignore(signals ...os.Signal) (restore func()) {
	signals = slices.DeleteFunc(signals, signal.Ignored)
	if len(signals) == 0 { // which would stand for all of them
		return func() {}
	}
	signal.Ignore(signals...)
	return func() { signal.Notify(h.signals, signals...) }
}

// Context returns the context that a signal cancels after Postpone. Its cause
// is the name of the signal.
func (h *Handler) Context() context.Context { return h.ctx }

// Postpone lets a signal cancel the context and not end the process. If signals
// are given, it concerns only these, and those that were postponed before.
func (h *Handler) Postpone(signals ...os.Signal) {
	h.mu.Lock()
	defer h.mu.Unlock()
	before := h.postponed
	h.postponed = func(s os.Signal) bool {
		return len(signals) == 0 || slices.Contains(signals, s) || before != nil && before(s)
	}
}

// Caught returns the signal that came after Postpone, or nil.
func (h *Handler) Caught() os.Signal {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.caught
}

// Raise ends the process by the signal that came after Postpone, if one came.
func (h *Handler) Raise() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.caught != nil {
		h.end(h.caught)
	}
}

// Decide makes the process exit with a status when a signal comes. If one came
// before, the process still has the time of Grace.
func (h *Handler) Decide(status int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.exit = func() { os.Exit(status) }
	if h.caught != nil {
		time.AfterFunc(Grace, h.exit)
	}
}

// Release restores the effect that signals have without h.
func (h *Handler) Release() { signal.Stop(h.signals) }

// end ends the process as s does if nothing handles it.
func (h *Handler) end(s os.Signal) {
	if h.last != nil {
		h.last(s)
	}
	endBy(s)
}

// endBy ends the process by a signal. Windows has no signals, so there it exits with
// the status that a shell of Unix shows.
func endBy(s os.Signal) {
	signal.Reset(s)
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Signal(s)
	}
	if number, ok := s.(syscall.Signal); ok && err != nil {
		os.Exit(128 + int(number))
	}
	select {}
}

// Interrupt does what Ctrl-C does at a terminal that is not in raw mode: it
// sends SIGINT to all processes in the foreground, so that a loop of the shell
// ends too. A program that reads stdout from a pipe ends first: it would take the
// end of its input for an error.
func Interrupt(stdout *os.File) {
	signal.Notify(make(chan os.Signal, 1), os.Interrupt)
	InterruptGroup()
	info, err := stdout.Stat()
	if err == nil && info.Mode()&os.ModeNamedPipe != 0 {
		awaitReader(stdout, Grace)
	}
	endBy(os.Interrupt)
}
