package cli

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"mailpipe/wire"
)

// A signalHandler decides what a signal does to a delivery. Until the content was handed
// over whole for the first time, no final dot can have been written: the signal ends
// the process at once, and the system drops the connection. Afterwards wire is asked
// to come to an end.
type signalHandler struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	heard  chan os.Signal
	last   func() // what is done before a signal ends the process; nil: nothing

	mu     sync.Mutex
	handed bool      // all of the content was handed to wire, for some recipients at least
	caught os.Signal // nil: none
}

func newSignalHandler(last func()) *signalHandler {
	g := &signalHandler{heard: make(chan os.Signal, 1), last: last}
	g.ctx, g.cancel = context.WithCancelCause(context.Background())
	for _, sig := range []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(sig) { // nohup's wish: Notify would undo it
			signal.Notify(g.heard, sig)
		}
	}
	go g.listen()
	return g
}

func (g *signalHandler) listen() {
	sig := <-g.heard
	g.mu.Lock()
	if !g.handed {
		g.end(sig) // under the lock: the content cannot end meanwhile
	}
	g.caught = sig
	g.mu.Unlock()
	g.cancel(errors.New(sig.String()))
}

// raise ends the process as the signal does where nobody handles it.
func raise(sig os.Signal) {
	signal.Reset(sig)
	if number, ok := sig.(syscall.Signal); ok {
		syscall.Kill(os.Getpid(), number)
	}
	select {}
}

// interrupt does what a terminal does with Ctrl-C that is not in raw mode: it
// ends all that stands in the foreground, so that a shell's loop ends too.
func interrupt() {
	signal.Reset(os.Interrupt)
	syscall.Kill(0, syscall.SIGINT)
	select {}
}

func (g *signalHandler) whole() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.handed = true
}

// after raises a signal again that came during a delivery which ended before a
// dot. Where somebody was served, or may have been, and where the server
// answered the dot, the status tells.
func (g *signalHandler) after(r wire.Receipt, err error) {
	if e := dialogueError(err); e != nil && e.Stage == wire.StageDot {
		return
	}
	for _, to := range r.Recipients {
		if to.Outcome == wire.OutcomeAccepted || to.Outcome == wire.OutcomeUnknown {
			return
		}
	}
	g.again()
}

// stop ends the watch. The signals are not given back: one that comes now must
// not hide what the status tells of a mail that was accepted, or may have been.
func (g *signalHandler) stop() { g.cancel(nil) }

// again raises a signal that was caught.
func (g *signalHandler) again() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.caught != nil {
		g.end(g.caught)
	}
}

// end ends the process as sig does, when the last thing is done.
func (g *signalHandler) end(sig os.Signal) {
	if g.last != nil {
		g.last()
	}
	raise(sig)
}
