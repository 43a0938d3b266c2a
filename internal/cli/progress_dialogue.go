package cli

import (
	"io"
	"strings"
	"sync/atomic"

	"mailpipe/internal/progress"
	"mailpipe/internal/termtext"
	"mailpipe/wire"
)

// A dialogueProgress shows the progress of the dialogue with a server. As an io.Writer it
// receives the content.
type dialogueProgress struct {
	d       *deliveryRequest
	server  wire.Server
	awaited []wire.Stage // of the replies that did not come yet
	content atomic.Pointer[progress.Stage]
}

// showProgress shows the progress of a delivery.
func (d *deliveryRequest) showProgress() error {
	return d.startProgress(d.flags.IsSet("trace") || d.flags.String("chart") == "-")
}

// counted returns a reader of r and shows how much of it was read. The size is that of r; 0 or
// less means unknown.
func (d *deliveryRequest) counted(r io.Reader, words string, size int64) io.Reader {
	d.reading = d.progress.Begin(words, size)
	return io.TeeReader(r, d.reading)
}

// watch shows the progress of the dialogue with a server.
func (d *deliveryRequest) watch(s *wire.Server) {
	if !d.progress.Started() {
		return
	}
	p := &dialogueProgress{d: d, server: *s}
	trace := s.Trace
	s.Trace = func(e wire.Event) {
		if trace != nil {
			trace(e)
		}
		p.event(e)
	}
	if s.TraceContent != nil {
		s.TraceContent = io.MultiWriter(s.TraceContent, p)
	} else {
		s.TraceContent = p
	}
}

// connecting shows that a connection is being made. It shows nothing for a child process,
// which may ask for a password at the terminal before it greets.
func (d *deliveryRequest) connecting(s wire.Server) {
	if s.Dial != nil {
		d.progress.End()
		return
	}
	d.progress.Begin("connecting to "+termtext.Line(s.Name), 0)
}

// event is a wire.Trace.
func (p *dialogueProgress) event(e wire.Event) {
	if e.Stage == wire.StageQuit { // the mail has its outcome
		return
	}
	switch e.Dir {
	case wire.DirSent:
		isLastChunk := strings.Contains(e.Text, " LAST, ")
		if e.Stage != wire.StageContent || isLastChunk {
			p.await(e.Stage)
		}
	case wire.DirReceived:
		isLastLine := !strings.HasPrefix(strings.TrimLeft(e.Text, "0123456789"), "-")
		if isLastLine {
			p.answered(e.Stage)
		}
	case wire.DirNote:
		p.note(e)
	case wire.DirDecision:
		if e.Text == string(wire.DecisionNextServer) || e.Text == string(wire.DecisionReconnect) {
			p.d.connecting(p.server)
		}
	}
}

// note shows what follows a note.
func (p *dialogueProgress) note(e wire.Event) {
	switch {
	case e.Stage == wire.StageHandshake:
		p.answered(e.Stage)
	case isConnected(e):
		p.connected()
	case e.Stage == wire.StageGreeting: // another address follows
		p.d.connecting(p.server)
	}
}

// connected expects the beginning of the dialogue.
func (p *dialogueProgress) connected() {
	p.awaited = nil
	if p.server.Dial != nil {
		return
	}
	if p.server.Implicit {
		p.await(wire.StageHandshake)
	}
	p.await(wire.StageGreeting)
}

// await expects a reply, after those that were expected before.
func (p *dialogueProgress) await(s wire.Stage) {
	p.awaited = append(p.awaited, s)
	if len(p.awaited) == 1 {
		p.d.progress.Begin(p.words(s), 0)
	}
}

// answered shows what follows a reply.
func (p *dialogueProgress) answered(s wire.Stage) {
	if len(p.awaited) == 0 {
		return // there are several replies: of LMTP, or to the chunks of BDAT
	}
	p.awaited = p.awaited[1:]
	switch {
	case len(p.awaited) > 0:
		p.d.progress.Begin(p.words(p.awaited[0]), 0)
	case s == wire.StageTLS:
		p.await(wire.StageHandshake)
	case s == wire.StageRcpt, s == wire.StageData:
		p.content.Store(p.d.progress.Begin("sending", p.d.size))
	}
}

// words returns the words for what is awaited.
func (p *dialogueProgress) words(s wire.Stage) string {
	switch {
	case s == wire.StageGreeting:
		return "waiting for the greeting"
	case s == wire.StageHandshake:
		return "waiting for the TLS handshake"
	case s == wire.StageDot:
		return "waiting for the reply to the final dot"
	case s == wire.StageContent:
		return "waiting for the reply to the last chunk"
	case s == wire.StageHello && p.server.LMTP:
		s = wire.StageLHLO
	}
	return "waiting for the reply to " + string(s)
}

// Write implements io.Writer.
func (p *dialogueProgress) Write(content []byte) (int, error) {
	if s := p.content.Load(); s != nil {
		s.Write(content)
	}
	return len(content), nil
}
