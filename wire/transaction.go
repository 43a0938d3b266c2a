package wire

import (
	"context"
	"slices"
)

// A transaction is one message from MAIL to the reply to its end, for some
// recipients (RFC 5321 §3.3).
type transaction struct {
	c       *Client
	e       Envelope // To is not used
	to      recipients
	content *replay

	groups    [][]command // of the envelope
	announced bool        // the only group was written with the end of the content before
	mailError *Error      // the server refused MAIL
	dataReply Reply       // to DATA; zero if DATA was not sent yet
	unwatch   func() bool

	// follow, if not nil, returns the commands to write with the end of the content:
	// those in following.
	follow    func() []command
	following []command

	// onInput is called when the server sends something or closes the connection
	// while content is sent, and when all of it was sent. Its error ends the
	// transaction.
	onInput func(context.Context) error
}

// begin prepares a transaction. Until unwatch is called, or the message is
// committed, the connection is dropped when ctx ends.
func (c *Client) begin(ctx context.Context, e Envelope, to recipients, content *replay) *transaction {
	t := c.newTransaction(e, to, content)
	t.unwatch = c.watch(ctx)
	return t
}

func (c *Client) newTransaction(e Envelope, to recipients, content *replay) *transaction {
	return &transaction{c: c, e: e, to: to, content: content}
}

// chunked reports whether the content is sent with BDAT.
func (t *transaction) chunked() bool { return t.e.Chunking && t.c.offers("CHUNKING") }

// sendEnvelope sends MAIL, RCPT for each recipient and, if that is possible before
// their replies are known, DATA. Afterwards each recipient is accepted, to be
// retried, or done.
func (t *transaction) sendEnvelope(ctx context.Context) error {
	send := t.c.readGroup // what was announced
	if !t.announced {
		if err := t.c.unsupported(&t.e); err != nil {
			t.c.decide(StageMail, DecisionUnsupported)
			return err
		}
		send, t.groups = t.c.sendGroup, t.envelopeGroups()
	}
	t.c.dirty = true
	t.c.mails++
	for _, group := range t.groups {
		err := send(ctx, group)
		switch {
		case t.mailError != nil:
			err = t.mailError
		case err != nil && asError(err).Stage == StageData && !t.to.has(accepted):
			err = nil // the replies to RCPT say it all
		}
		if err != nil {
			t.leaveData()
			return err
		}
	}
	if !t.to.has(accepted) {
		t.c.decide(StageRcpt, DecisionNoContent)
		t.leaveData()
	}
	if t.to.has(retry) {
		t.lowerLimit()
	}
	return nil
}

// leaveData closes a connection on which the server waits for content, which
// will not come. Even an empty content would be delivered.
func (t *transaction) leaveData() {
	if t.dataReply.Code == 354 {
		t.c.drop()
	}
}

// maxGroup is the maximum number of commands in one write.
const maxGroup = 1000

// envelopeGroups returns the commands of the envelope in groups of which each is
// one write: of one command each if the server does not offer PIPELINING.
//
// DATA is among them unless the replies to RCPT decide whether there will be
// content, as they do with AllOrNothing.
func (t *transaction) envelopeGroups() [][]command {
	c := t.c
	size := 1
	if c.pipelines() {
		size = maxGroup
	}
	var commands []command
	if c.dirty {
		commands = append(commands, command{stage: StageMail, line: "RSET", onReply: t.onMail})
	}
	commands = append(commands, command{stage: StageMail, line: c.mailCommand(&t.e), onReply: t.onMail})
	for _, r := range t.to {
		onReply := func(reply Reply) error { return t.onRcpt(r, reply) }
		commands = append(commands, command{stage: StageRcpt, line: rcptCommand(&t.e, r.Address), onReply: onReply})
	}
	if size > 1 && !t.chunked() && !t.e.AllOrNothing {
		commands = append(commands, command{stage: StageData, line: "DATA", onReply: t.onData})
	}
	return slices.Collect(slices.Chunk(commands, size))
}

// onMail handles the reply to RSET or MAIL. An error ends the connection.
func (t *transaction) onMail(reply Reply) error {
	if reply.class() == 2 || t.mailError != nil {
		return nil
	}
	t.mailError = t.c.refused(StageMail, reply)
	if reply.requiresLogin() {
		t.mailError.Kind = KindAuthOrTLS
	}
	if !t.c.open || t.mailError.Kind == KindProtocol {
		return t.mailError
	}
	return nil // the replies to the rest of the group must be read
}

// onRcpt handles the reply to RCPT for r. An error ends the connection.
func (t *transaction) onRcpt(r *recipient, reply Reply) error {
	class := reply.class()
	switch {
	case t.mailError != nil: // without MAIL this reply has no meaning
	case class == 2:
		r.state = accepted
	case reply.Code == 421, class != 4 && class != 5:
		return t.c.refused(StageRcpt, reply)
	case reply.tooManyRecipients() && t.to.has(accepted):
		r.state, r.Reply = retry, reply
	default:
		r.settle(StageRcpt, reply)
	}
	return nil
}

func (t *transaction) onData(reply Reply) error {
	t.dataReply = reply
	return nil
}

// lowerLimit lowers the limit of recipients per transaction if the server
// rejected every recipient after the n-th as too many.
func (t *transaction) lowerLimit() {
	n := len(t.to)
	for n > 0 && t.to[n-1].state == retry {
		n--
	}
	if n > 0 && n < len(t.to) {
		t.c.limit = n
	}
}

// sendContent sends the content, and commits it, if a recipient was accepted.
func (t *transaction) sendContent(ctx context.Context) error {
	if !t.to.has(accepted) {
		return nil
	}
	if t.to.has(done) {
		t.c.decide(StageRcpt, DecisionSomeRecipients)
	}
	if t.chunked() {
		return t.sendChunks(ctx)
	}
	return t.sendData(ctx)
}
