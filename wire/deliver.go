package wire

import (
	"context"
	"errors"
	"io"
	"slices"
)

// Deliver sends one message to all recipients. It tries the servers in their
// order until one accepts the message, and makes as many transactions and
// connections as that server needs. A server is passed over if it cannot be
// reached, or if it answers 4yz before it knows the recipients.
//
// Deliver treats the content as Send does: WriteTo is called at most once. If
// more transactions will follow, Deliver keeps what WriteTo writes: up to 1 MiB
// in memory, and what is more in a temporary file without a name. If that file
// cannot be written, the error is KindBadMessage and wraps the error of the file.
//
// The error is of type *Error, and nil only if the message was accepted for all
// recipients. If it was accepted for some only, the error is KindPermanent, so
// that the message is not sent again to all; the Receipt lists who has it. The
// Receipt is valid in any case.
//
// When ctx ends before the final dot, Deliver closes the connection and returns
// an error that wraps the cause. When it ends later, Deliver waits up to 10 s
// more for the reply.
//
// Deliver may be called concurrently. It uses no Client of the caller, and has
// closed all connections when it returns.
func Deliver(ctx context.Context, servers []Server, e Envelope, content io.WriterTo) (Receipt, error) {
	s := NewSession(servers)
	defer s.Close()
	return s.Deliver(ctx, &Mail{Envelope: e, Content: content})
}

// A delivery is a mail on its way to all recipients.
type delivery struct {
	s         *Session
	mail      *Mail
	e         Envelope
	to        recipients
	rest      recipients // to without those at its beginning that are done
	content   *replay
	announced *transaction // its commands were sent; nil after their replies
	converted bool         // content is what Convert returned
	several   bool         // the server in use accepted fewer recipients in a transaction than the client sent
	follows   bool         // another mail may follow over the connection
	next      *Mail        // what Next returned
	receipt   Receipt
}

func newDelivery(s *Session, m *Mail) *delivery {
	to := newRecipients(m.Envelope.To)
	to.restore(m.Before)
	d := &delivery{
		s: s, mail: m, e: m.Envelope, to: to, rest: to, content: newReplay(m.Content),
		follows: m.Next != nil,
	}
	if slices.ContainsFunc(m.Before, func(r Recipient) bool { return r.Outcome == OutcomeAccepted }) {
		d.e.AllOrNothing = false // it is too late for "nothing"
	}
	return d
}

// check returns an error for invalid arguments.
func (d *delivery) check() error {
	if err := checkMessage(&d.e, d.content.source); err != nil {
		return err
	}
	if len(d.s.all) == 0 {
		return &Error{Stage: StageConnect, Kind: KindInvalidArgument, Err: errors.New("no server")}
	}
	for _, s := range d.s.all {
		if err := s.check(); err != nil {
			return s.argumentError(err)
		}
	}
	return nil
}

// run connects to servers until no recipient is pending, or until nothing more
// can be done. Its error, if recipients are pending, is the reason.
func (d *delivery) run(ctx context.Context) error {
	var failed error // of the servers that were passed over
	for {
		before, isOld := d.progress(), d.s.client != nil
		err := d.connect(ctx)
		switch {
		case !d.hasPending(), err != nil && ctx.Err() != nil:
			return err
		case err == nil,
			d.progress() > before && endsSession(err) && d.content.ready():
			d.hangUp() // the server accepts no more on this connection: make another one
			d.decide(DecisionReconnect)
		case isOld && d.isStale(err):
			d.hangUp()
			d.s.servers = d.s.all
			d.decide(DecisionReconnect)
		case asError(err).TryNext() && len(d.s.servers) > 1:
			failed = worse(failed, err)
			d.hangUp()
			d.nextServer(err)
			d.decide(DecisionNextServer)
		default:
			return worse(failed, err)
		}
	}
}

// decide traces a decision about the connection to the first server.
func (d *delivery) decide(what Decision) {
	d.s.servers[0].trace(Event{Dir: DirDecision, Stage: StageConnect, Text: string(what)})
}

// hasPending reports whether a recipient is pending, and updates rest.
func (d *delivery) hasPending() bool {
	for len(d.rest) > 0 && d.rest[0].state == done {
		d.rest = d.rest[1:]
	}
	return d.rest.has(pending)
}

// connect sends as much over one connection as the server accepts.
func (d *delivery) connect(ctx context.Context) error {
	server := d.s.servers[0]
	d.receipt.Server = server.name()
	c, err := d.s.connect(ctx)
	if err == nil {
		err = d.convert(c)
	}
	if err != nil {
		return err
	}
	for c.usable() && d.hasPending() {
		if d.mustConfirm(c) {
			err = d.confirm(ctx, c)
		} else {
			err = d.transact(ctx, c)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// transact sends the message to as many recipients as fit in one transaction.
func (d *delivery) transact(ctx context.Context, c *Client) error {
	batch, isLast := d.rest.first(c.limit, isPending)
	t := d.announced
	if t == nil {
		t = c.newTransaction(d.e, batch, d.content)
	}
	d.announced = nil
	t.unwatch = c.watch(ctx)
	defer t.unwatch()
	defer batch.reset()
	if err := t.sendEnvelope(ctx); err != nil {
		return err
	}
	if err := t.checkAllOrNothing(); err != nil {
		return err
	}
	if batch.has(retry) {
		d.several, isLast = true, false
	}
	if d.mustConfirm(c) { // now that the server accepts fewer than it announced
		return nil
	}
	if isLast {
		t.follow = d.follow
	} else {
		c.decide(StageRcpt, DecisionNextTransaction)
		d.content.keep = true
	}
	err := t.sendContent(ctx)
	if slices.ContainsFunc(batch, wasAccepted) {
		d.e.AllOrNothing = false // it is too late for "nothing"
	}
	if err == nil && !isLast && d.e.AfterDot != nil {
		d.e.AfterDot(batch.in(done).list())
	}
	return err
}

// follow asks for the next mail. It returns the commands to write with the end of
// the content: those of that mail, or QUIT if no mail can follow.
func (d *delivery) follow() []command {
	if d.follows && d.next == nil {
		d.next = d.mail.Next()
		d.follows = d.next != nil
	}
	if !d.follows || !d.s.client.usable() {
		return d.s.client.quitCommand()
	}
	return d.s.announce(d.next)
}

// hangUp ends the connection, if there is one.
func (d *delivery) hangUp() {
	c := d.s.client
	if c != nil {
		d.s.Close()
		d.receipt.addClient(c) // after Quit, which takes time too
	}
}

// finish ends the connection, unless another mail may follow.
func (d *delivery) finish() {
	if d.follows && d.s.Open() {
		d.receipt.addClient(d.s.client)
	} else {
		d.hangUp()
	}
}

// isStale reports whether err, of a connection from before this mail, ended it
// before anything of the content was sent. It may be old, or have had too many
// mails, so another one makes sense.
func (d *delivery) isStale(err error) bool {
	isLost := !d.s.client.open && asError(err).Err != nil
	return !d.content.used && (isLost || endsSession(err))
}

// nextServer passes over the server in use. The next one may refuse others.
func (d *delivery) nextServer(err error) {
	d.s.servers = d.s.servers[1:]
	d.several = false
	d.receipt.FailedServers = append(d.receipt.FailedServers, err)
	d.receipt.TLS, d.receipt.Verified = nil, false
	for _, r := range d.to {
		r.confirmed = false
	}
}

// progress returns a number that grows with each recipient that is accepted,
// refused or confirmed. While it grows, another connection to the same server
// makes sense.
func (d *delivery) progress() (n int) {
	for _, r := range d.to {
		if r.confirmed {
			n++
		}
		if r.state == done && (r.Outcome == OutcomeAccepted || r.Outcome == OutcomeRefused) {
			n++
		}
	}
	return n
}

// endsSession reports whether err is a server's way to say that the client must
// connect again: 421, or 4.5.3 to MAIL after too many mails (RFC 3463 §3.6).
// While content is sent it is too late: its source may still be in use.
func endsSession(err error) bool {
	e := asError(err)
	if e.Stage == StageContent {
		return false
	}
	return e.Reply.Code == 421 || e.Stage == StageMail && e.Reply.Enhanced == "4.5.3"
}

// worse returns the error to report of two servers. That one server may work
// later is worth more than that the other does not exist.
func worse(before, err error) error {
	if before != nil && asError(err).Kind == KindNoHost && asError(before).Kind != KindNoHost {
		return before
	}
	return err
}
