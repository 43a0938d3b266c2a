// Package signals decides what SIGINT, SIGTERM and SIGHUP do to the process.
package signals

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// A Handler ends the process by the signal that it gets. After Postpone it
// cancels Context instead, so that the work in hand can come to an end.
// A signal that was ignored at the start, as under nohup, stays ignored.
type Handler struct {
	ctx     context.Context
	cancel  context.CancelCauseFunc
	signals chan os.Signal
	last    func()

	mu        sync.Mutex
	postponed bool
	caught    os.Signal // nil: none
}

// New returns a Handler that waits for signals. If last is not nil, it is
// called before a signal ends the process.
func New(last func()) *Handler {
	h := &Handler{signals: make(chan os.Signal, 1), last: last}
	h.ctx, h.cancel = context.WithCancelCause(context.Background())
	for _, s := range []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(s) { // Notify would undo it
			signal.Notify(h.signals, s)
		}
	}
	go h.wait()
	return h
}

func (h *Handler) wait() {
	s := <-h.signals
	h.mu.Lock()
	if !h.postponed {
		h.end(s) // with the lock held, so that Postpone comes too late
	}
	h.caught = s
	h.mu.Unlock()
	h.cancel(errors.New(s.String()))
}

// Context returns the context that a signal cancels after Postpone. Its cause
// is the name of the signal.
func (h *Handler) Context() context.Context { return h.ctx }

// Postpone lets a signal cancel the context and not end the process.
func (h *Handler) Postpone() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.postponed = true
}

// Caught returns the signal that came after Postpone, or nil.
func (h *Handler) Caught() os.Signal {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.caught
}

// Raise ends the process by the signal that came after Postpone, if one came.
func (h *Handler) Raise() {
	if s := h.Caught(); s != nil {
		h.end(s)
	}
}

// Stop cancels the context. A signal that comes later has no effect: it must
// not replace an exit status that is decided.
func (h *Handler) Stop() { h.cancel(nil) }

// Release stops h, and gives signals the effect back that they have without it.
func (h *Handler) Release() {
	signal.Stop(h.signals)
	h.Stop()
}

// end ends the process as s does if nothing handles it.
func (h *Handler) end(s os.Signal) {
	if h.last != nil {
		h.last()
	}
	signal.Reset(s)
	if number, ok := s.(syscall.Signal); ok {
		syscall.Kill(os.Getpid(), number)
	}
	select {}
}

// Interrupt does what Ctrl-C does at a terminal that is not in raw mode: it
// sends SIGINT to all processes in the foreground, so that a loop of the shell
// ends too.
func Interrupt() {
	signal.Reset(os.Interrupt)
	syscall.Kill(0, syscall.SIGINT)
	select {}
}
