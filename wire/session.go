package wire

import (
	"context"
	"io"
	"time"
)

// A Mail is one message for a Session. It must not be changed before it was
// delivered.
type Mail struct {
	Envelope Envelope
	Content  io.WriterTo

	// Before is what an earlier attempt has brought, if there was one: the Recipients
	// of its Receipt, for the same envelope. Only those that were neither accepted
	// nor refused are attempted again. The Receipt and the error of this attempt are
	// about all recipients.
	Before []Recipient

	// Convert, if not nil, is called once at most, before anything was sent: if the
	// message needs 8BITMIME or SMTPUTF8, and a server does not offer it.
	Convert Converter

	// Next, if not nil, is called once at most: after the content was written and
	// before its end is. It returns the mail that the caller will deliver next, or
	// nil if there is none. The commands for that mail may go out with the end of
	// this one, so it needs no round trip of its own (RFC 2920 §3.1). An empty Mail
	// announces nothing; it only keeps the connection for another one.
	Next func() *Mail
}

// A Session delivers messages one after another and keeps the connection between
// them. It may be used by one goroutine at a time.
type Session struct {
	all     []Server
	servers []Server  // those that were not passed over; the first is in use
	client  *Client   // the connection to it; nil if there is none
	next    *delivery // its commands were sent with the end of the content before it
}

// NewSession returns a Session that delivers to the first of the servers that
// accepts the messages. It does not connect yet.
func NewSession(servers []Server) *Session { return &Session{all: servers, servers: servers} }

// Deliver sends m by the rules of the function Deliver, except that it uses the
// open connection, if there is one. If the server has ended that connection, or
// ends it before the content, Deliver makes a new one, and tries all servers
// again.
//
// Afterwards the connection is kept for another mail, unless m.Next is nil or has
// returned nil. If the next mail is not the one that m.Next returned, and the
// commands for that one were sent, Deliver makes a new connection.
func (s *Session) Deliver(ctx context.Context, m *Mail) (Receipt, error) {
	d := s.begin(m)
	defer func() { d.content.close() }()
	err := d.check()
	if err == nil {
		err = d.run(ctx)
	}
	d.finish()
	d.to.markFailed(err)
	d.receipt.Recipients = d.to.list()
	d.receipt.ContentDone = d.content.done
	return d.receipt, d.to.verdict(d.receipt.Server, err)
}

// Open reports whether there is a connection that the next Deliver can use.
func (s *Session) Open() bool {
	c := s.client
	return c != nil && c.usable() && c.in.ended() == nil && (s.next != nil || !c.in.hasInput())
}

// Close ends the connection, if there is one: with QUIT, unless a mail that Next
// returned was not delivered. It always returns nil.
func (s *Session) Close() error {
	if s.client != nil {
		if s.next != nil { // the server may wait for content, even for an empty one
			s.client.drop()
		}
		s.client.Quit()
	}
	s.client, s.next = nil, nil
	return nil
}

// begin returns the delivery of m: the one whose commands were sent, or a new one.
func (s *Session) begin(m *Mail) *delivery {
	if !s.Open() || s.next != nil && s.next.mail != m {
		s.Close()
		s.servers = s.all
	}
	d := s.next
	s.next = nil
	if d == nil {
		d = newDelivery(s, m)
	}
	return d
}

// connect makes a connection to the first server, unless there is one.
func (s *Session) connect(ctx context.Context) (c *Client, err error) {
	if s.client == nil {
		s.client, err = Dial(ctx, s.servers[0])
		return s.client, err
	}
	s.client.times, s.client.mark = nil, time.Now()
	return s.client, nil
}

// announce returns the commands of m, which is delivered next, for the write that
// ends the content before it. It returns none if they must wait, because m needs
// more than one command group, or will be refused without one.
func (s *Session) announce(m *Mail) []command {
	d := newDelivery(s, m)
	batch, isLast := d.to.first(s.client.limit, isPending)
	if d.check() != nil || !isLast || s.client.unsupported(&d.e) != nil {
		return nil
	}
	t := s.client.newTransaction(d.e, batch, d.content)
	t.groups = t.envelopeGroups()
	if len(t.groups) > 1 {
		return nil
	}
	t.announced = true
	d.announced = t
	s.next = d
	return t.groups[0]
}
