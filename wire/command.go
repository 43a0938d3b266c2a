package wire

import (
	"cmp"
	"context"
	"errors"
	"os"
	"time"
)

// A command is a line for the server.
type command struct {
	stage   Stage
	line    string // without its line ending
	shown   string // what the trace shows in place of line; empty means line
	onReply func(Reply) error
}

// command sends one line and returns the reply. The error, if there is one, is
// an *Error about the connection; the caller judges the code of the reply.
func (c *Client) command(ctx context.Context, stage Stage, line string) (Reply, error) {
	return c.hiddenCommand(ctx, stage, line, line)
}

// hiddenCommand is like command, for a line that has a secret in it. The trace
// shows shown.
func (c *Client) hiddenCommand(ctx context.Context, stage Stage, line, shown string) (reply Reply, err error) {
	keep := func(r Reply) error {
		reply = r
		return nil
	}
	err = c.sendGroup(ctx, []command{{stage, line, shown, keep}})
	return reply, err
}

// sendGroup sends a command group in one write (RFC 2920 §3.1) and calls onReply
// of each command with its reply. It reads while it writes, because a server may
// read no further while its replies are not read. The first error, also one of
// onReply, drops the connection.
func (c *Client) sendGroup(ctx context.Context, group []command) error {
	if err := c.expectSilence(ctx, group[0].stage); err != nil {
		return err
	}
	c.groups++
	lines := c.appendGroup(nil, group)
	timeout := c.timeout(group[0].stage)
	written := make(chan error, 1)
	go func() {
		_, err := c.write(lines, timeout)
		written <- err
	}()
	if err := c.readGroup(ctx, group); err != nil {
		<-written
		return err
	}
	// A server may answer a command before it has read all of the group.
	if err := <-written; err != nil {
		c.drop()
		return c.lost(ctx, group[len(group)-1].stage, err)
	}
	return nil
}

// appendGroup appends the lines of a command group, which are to be written, to p.
func (c *Client) appendGroup(p []byte, group []command) []byte {
	for _, cmd := range group {
		p = append(append(p, cmd.line...), crlf...)
		c.trace(DirSent, cmd.stage, cmp.Or(cmd.shown, cmd.line))
	}
	return p
}

// readGroup reads the replies to a command group, and calls onReply of each
// command. The first error, also one of onReply, drops the connection.
func (c *Client) readGroup(ctx context.Context, group []command) error {
	for _, cmd := range group {
		reply, err := c.reply(ctx, cmd.stage)
		if err == nil {
			err = cmd.onReply(reply)
		}
		if err != nil {
			c.drop()
			return err
		}
	}
	return nil
}

// reply reads the reply to a command. After an error nothing more can be sent.
func (c *Client) reply(ctx context.Context, stage Stage) (Reply, error) {
	return c.replyWithin(ctx, stage, c.timeout(stage))
}

func (c *Client) replyWithin(ctx context.Context, stage Stage, timeout time.Duration) (Reply, error) {
	reply, err := c.in.reply(ctx, timeout)
	c.addTime(stage)
	if err != nil {
		return Reply{}, c.lost(ctx, stage, err)
	}
	challenge := stage == StageAuth && reply.Code == 334 // it is never shown, and must not change
	if !challenge {
		for i, line := range reply.Lines {
			reply.Lines[i] = c.secrets.redact(line)
		}
	}
	c.traceReply(stage, reply)
	c.refusal = nil
	if reply.Code == 421 { // the server closes the connection (RFC 5321 §3.8)
		c.open = false
	}
	return reply, nil
}

// unsolicitedTimeout is for the rest of a reply that is not one to a command.
const unsolicitedTimeout = 5 * time.Second

// expectSilence returns an error if there is something to read. It is called
// before a write: what came before cannot be the reply to it.
func (c *Client) expectSilence(ctx context.Context, stage Stage) error {
	if !c.in.hasInput() {
		return nil
	}
	return c.unsolicited(ctx, stage)
}

// unsolicited reads a reply to nothing, drops the connection and returns the
// error that the reply means.
func (c *Client) unsolicited(ctx context.Context, stage Stage) *Error {
	defer c.drop()
	reply, err := c.replyWithin(ctx, stage, min(unsolicitedTimeout, c.timeout(stage)))
	if err != nil {
		return asError(err)
	}
	e := c.refused(stage, reply)
	e.Err = errors.New("unsolicited reply")
	return e
}

// lost returns the error for a connection that cannot be used any more because
// of err.
func (c *Client) lost(ctx context.Context, stage Stage, err error) *Error {
	c.open = false
	kind := KindTemporary
	var protocol *protocolError
	switch {
	case errors.As(err, &protocol):
		kind = KindProtocol
		if len(c.secrets.pairs) > 0 { // the server may have echoed a part of a secret
			err = &protocolError{why: protocol.why}
		}
	case (stage == StageGreeting || stage == StageHello) && isAlert(err):
		kind = KindAuthOrTLS
	case ctx.Err() != nil:
		err = context.Cause(ctx)
	case errors.Is(err, os.ErrDeadlineExceeded):
		err = writeTimeoutError{c.timeout(stage)}
	default:
		err = plainError(err)
	}
	c.note(stage, err.Error())
	if c.refusal != nil && isClosedByServer(err) {
		c.refusal.Err = cmp.Or(c.refusal.Err, err)
		return c.refusal
	}
	return c.fail(stage, kind, Reply{}, err)
}

// timeout returns how long the reply of a stage may take (RFC 5321 §4.5.3.2).
func (c *Client) timeout(stage Stage) time.Duration {
	switch {
	case c.server.Timeout > 0:
		return c.server.Timeout
	case stage == StageData:
		return 2 * time.Minute
	case stage == StageContent:
		return 3 * time.Minute
	case stage == StageDot: // a shorter one would cause duplicates
		return 10 * time.Minute
	}
	return 5 * time.Minute
}
