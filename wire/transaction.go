package wire

import (
	"context"
	"io"
	"strings"
)

// state is how far a recipient got in a transaction.
type state int

const (
	open    state = iota // not decided
	taken                // RCPT was accepted
	again                // the server has had enough recipients: the next transaction asks again
	settled              // its outcome is known
)

// transaction is one mail from MAIL to the reply to its last octet.
type transaction struct {
	c      *Client
	e      Envelope
	to     []Recipient // beside e.To
	states []state

	more    func() bool // called when some must be asked again; whether the content may be sent now
	failed  *Error      // MAIL was refused
	data    Reply       // to DATA
	content bool        // the content was asked for
}

// Send sends one message to at most Limit recipients. It calls content.WriteTo at most once. The content may have
// LF or CRLF line endings; it is sent with CRLF, and with dots doubled. Nil from WriteTo commits the message;
// any error aborts the transaction. The error of Send is an *Error; the Receipt is valid also then.
// After an error the content may still be at work until its next Write, which fails.
func (c *Client) Send(ctx context.Context, e Envelope, content io.WriterTo) (Receipt, error) {
	t := c.begin(e)
	err := t.run(ctx, content)
	t.doubt(err)
	for i := range t.to {
		switch {
		case t.states[i] == again && err == nil:
			t.settle(i, t.to[i].Reply)
			t.to[i].Outcome = OutcomeDeferred
		case t.states[i] != settled:
			t.to[i].blame(err, false)
		}
	}
	if c.quit {
		c.Quit()
	}
	receipt := Receipt{Server: c.server.Name, Recipients: t.to}
	receipt.add(c)
	return receipt, verdict(c.server.Name, t.stage(), t.to, err)
}

// add takes over what a connection was like and how long its stages took.
func (r *Receipt) add(c *Client) {
	r.TLS, r.Verified = c.tls, c.verified
	for _, lap := range c.times {
		r.Times = appendTime(r.Times, lap)
	}
}

func (c *Client) begin(e Envelope) *transaction {
	t := &transaction{c: c, e: e, more: func() bool { return true }}
	t.to = make([]Recipient, len(e.To))
	t.states = make([]state, len(e.To))
	for i, address := range e.To {
		t.to[i].Address = address
	}
	return t
}

// run carries the transaction through. Its error is about the transaction; what
// single recipients were answered stands with them.
func (t *transaction) run(ctx context.Context, content io.WriterTo) error {
	c := t.c
	defer c.watch(ctx)()
	chunks := t.e.Chunking && c.offers("CHUNKING")
	if err := t.ask(ctx, !chunks); err != nil || t.count(taken) == 0 {
		return err
	}
	if t.count(again) > 0 {
		t.e.QuitAfter = false
		if !t.more() {
			return nil
		}
	}
	if chunks {
		return t.sendChunks(ctx, content)
	}
	return t.sendData(ctx, content)
}

// ask says whom the mail is from and for; data allows DATA in the same flight.
// nil with nobody taken means that each recipient was refused.
func (t *transaction) ask(ctx context.Context, data bool) error {
	if err := t.e.check(); err != nil {
		return t.c.fail(StageMail, KindInvalidArgument, Reply{}, err)
	}
	if err := t.c.lacks(&t.e); err != nil {
		return err
	}
	if err := t.envelope(ctx, data && !t.e.AllOrNothing); err != nil {
		return err
	}
	t.learn()
	return t.partial()
}

// learn takes from the replies how many recipients the server takes: those from
// one on were all too many.
func (t *transaction) learn() {
	n := len(t.states)
	for n > 0 && t.states[n-1] == again {
		n--
	}
	if n > 0 && n < len(t.states) {
		t.c.limit = n
	}
}

// maxFlight bounds the commands of one write.
const maxFlight = 1000

// envelope says MAIL and RCPT for everybody: in one flight, with DATA, where the
// server takes one.
func (t *transaction) envelope(ctx context.Context, data bool) error {
	c := t.c
	var commands []command
	if c.dirty {
		commands = append(commands, command{stage: StageMail, line: "RSET"})
	}
	commands = append(commands, command{stage: StageMail, line: c.mail(&t.e)})
	first := len(commands)
	for _, to := range t.e.To {
		commands = append(commands, command{stage: StageRcpt, line: rcpt(&t.e, to)})
	}
	flight := 1
	if c.offers("PIPELINING") {
		flight = maxFlight
	}
	if data && flight > 1 {
		commands = append(commands, command{stage: StageData, line: "DATA"})
	}
	c.dirty = true
	c.mails++
	for start := 0; start < len(commands); start += flight {
		end := min(start+flight, len(commands))
		err := c.flight(ctx, commands[start:end], func(i int, r Reply) error {
			return t.answered(commands[start+i], start+i-first, r)
		})
		switch {
		case t.failed != nil:
			if t.data.Code == 354 { // it waits for content: the only way out
				c.drop()
			}
			return t.failed
		case err != nil && asError(err).Stage == StageData && t.count(taken) == 0:
			return nil // everybody was refused, which says it all
		case err != nil:
			return err
		}
	}
	if t.count(taken) == 0 && t.data.Code == 354 { // a lone dot would deliver an empty mail
		c.drop()
	}
	return nil
}

// answered takes the reply to a command of the envelope. An error ends the
// connection: the server closes it or is out of step.
func (t *transaction) answered(cmd command, i int, r Reply) error {
	c := t.c
	switch {
	case cmd.stage == StageData:
		t.data = r
	case t.failed != nil: // what follows a refused MAIL says nothing
	case cmd.stage == StageMail && r.class() != 2:
		t.failed = c.refused(StageMail, r)
		if r.wantsLogin() {
			t.failed.Kind = KindAuthOrTLS
		}
		if c.done || t.failed.Kind == KindProtocol {
			return t.failed
		}
	case cmd.stage == StageRcpt:
		return t.rcptAnswered(i, r)
	}
	return nil
}

func (t *transaction) rcptAnswered(i int, r Reply) error {
	t.to[i].Reply = r
	switch {
	case r.class() == 2:
		t.states[i] = taken
		t.to[i].Reply = Reply{} // the one to the content decides
	case r.Code == 421, r.class() != 4 && r.class() != 5:
		t.to[i].Reply = Reply{}
		return t.c.refused(StageRcpt, r)
	case r.tooMany() && t.count(taken) > 0:
		t.states[i] = again
	default:
		t.settle(i, r)
	}
	return nil
}

// tooMany tells whether a reply to RCPT says that the transaction has enough
// recipients (RFC 5321 §4.5.3.1.10, RFC 3463 §3.6 for x.5.3).
func (r Reply) tooMany() bool {
	return r.Code == 452 || strings.HasSuffix(r.Enhanced, ".5.3")
}

// settle writes down what a reply means for a recipient.
func (t *transaction) settle(i int, r Reply) {
	t.states[i] = settled
	t.to[i].Reply = r
	switch r.class() {
	case 2:
		t.to[i].Outcome = OutcomeAccepted
	case 4:
		t.to[i].Outcome = OutcomeDeferred
	default:
		t.to[i].Outcome = OutcomeRefused
	}
}

// doubt settles those whose mail may have been delivered.
func (t *transaction) doubt(err error) {
	if e := asError(err); e == nil || !e.Uncertain {
		return
	}
	for i := range t.to {
		if t.states[i] == taken {
			t.states[i] = settled
			t.to[i].blame(err, true)
		}
	}
}

// stage is where the recipients had their last replies.
func (t *transaction) stage() Stage {
	if t.content && t.c.server.LMTP {
		return StageDot
	}
	return StageRcpt
}

func (t *transaction) count(s state) (n int) {
	for _, have := range t.states {
		if have == s {
			n++
		}
	}
	return n
}
