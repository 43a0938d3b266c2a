package wire

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Client is a connection that was greeted, secured and logged in. One goroutine
// at a time may use it.
type Client struct {
	server Server
	raw    net.Conn // as dialed: closing it ends everything at once
	conn   net.Conn // raw, or TLS over it
	in     *input   // reads conn; nil before attach

	extensions     map[string]string
	tls            *tls.ConnectionState
	verified       bool
	verifiedChains [][]*x509.Certificate // nil unless crypto/x509 verified the certificate
	secrets        []string              // each before what stands for it
	redactor       *strings.Replacer

	groups int // command groups written so far
	times  []StageTime
	mark   time.Time

	limit     int  // recipients a transaction
	mails     int  // transactions begun
	mailLimit int  // how many the server takes; 0: not known
	dirty     bool // a transaction was begun and not ended: RSET comes first
	done      bool // nothing more can be said
	quit      bool // QUIT was written

	mu        sync.Mutex
	committed bool // the dot may be on its way: a cancelled context no longer drops the connection
}

// Extensions are the EHLO keywords in upper case with their parameters.
func (c *Client) Extensions() map[string]string { return c.extensions }

// TLS is the state of the handshake, nil in clear, and whether the server's
// name, chain and date, or its fingerprint, were right.
func (c *Client) TLS() (state *tls.ConnectionState, verified bool) { return c.tls, c.verified }

// Limit is how many recipients one transaction takes.
func (c *Client) Limit() int { return c.limit }

// spent tells whether the server takes no further transaction.
func (c *Client) spent() bool { return c.mailLimit > 0 && c.mails >= c.mailLimit }

// attach lets commands and replies go over conn from now on.
func (c *Client) attach(conn net.Conn) {
	keepUnsent(c.raw)
	c.conn = conn
	c.in = readAll(conn)
}

// detach ends the reading, so that conn is free for a handshake. What the server
// sent ahead is an error: it came in clear and would count as secured.
func (c *Client) detach() error {
	ahead := c.in.halt(c.conn)
	c.in = nil
	if len(ahead) > 0 {
		return ErrPipelinedBeforeTLS
	}
	return nil
}

// watch drops the connection when ctx ends before a dot was written.
func (c *Client) watch(ctx context.Context) (stop func() bool) {
	return context.AfterFunc(ctx, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if !c.committed {
			c.raw.Close()
		}
	})
}

// drop closes the connection at once: no dot, no QUIT, no TLS alert.
func (c *Client) drop() {
	c.done = true
	c.raw.Close()
	if c.in != nil {
		select {
		case <-c.in.stop:
		default:
			close(c.in.stop)
		}
	}
}

// A command is a line to be written, without its end.
type command struct {
	stage Stage
	line  string
	shown string // what the trace shows of it, where that is not the line
}

// command writes one line and waits for its reply. The error is an *Error;
// what a reply's code means is for the caller to say (refused).
func (c *Client) command(ctx context.Context, stage Stage, line string) (Reply, error) {
	return c.hiddenCommand(ctx, stage, line, line)
}

// hiddenCommand is command for a line with a secret; shown goes to the trace.
func (c *Client) hiddenCommand(ctx context.Context, stage Stage, line, shown string) (reply Reply, err error) {
	err = c.flight(ctx, []command{{stage, line, shown}}, func(_ int, r Reply) error {
		reply = r
		return nil
	})
	return reply, err
}

// flight writes commands in one write and hands their replies to got in order,
// reading while it writes (RFC 2920 §3.1). The first error, got's too, drops the
// connection.
func (c *Client) flight(ctx context.Context, commands []command, got func(i int, r Reply) error) error {
	if err := c.quiet(ctx, commands[0].stage); err != nil {
		return err
	}
	c.groups++
	var lines strings.Builder
	for _, cmd := range commands {
		lines.WriteString(cmd.line)
		lines.WriteString("\r\n")
		shown := cmd.shown
		if shown == "" {
			shown = cmd.line
		}
		c.trace(DirSent, cmd.stage, shown)
	}
	wait := c.wait(commands[0].stage)
	written := make(chan error, 1)
	go func() {
		_, err := c.write([]byte(lines.String()), wait)
		written <- err
	}()
	for i, cmd := range commands {
		reply, err := c.reply(ctx, cmd.stage)
		if err == nil {
			err = got(i, reply)
		}
		if err != nil {
			c.drop()
			<-written
			return err
		}
	}
	// A server that answered before it read the last command still has to read it.
	if err := <-written; err != nil {
		c.drop()
		return c.lost(ctx, commands[len(commands)-1].stage, err)
	}
	return nil
}

// looks is how often in each wait it is seen what the server took meanwhile. So
// one that stops for ever is given up when the wait is over, not a second one,
// and a little room in a socket counts, which wakes no writer.
const looks = 16

// write gives the server wait to take each maxPiece octets of p.
func (c *Client) write(p []byte, wait time.Duration) (n int, err error) {
	if _, socket := c.conn.(syscall.Conn); !socket {
		return c.writePieces(p, wait)
	}
	for from, begun := 0, time.Now(); n < len(p); { // at once: many small ones would wake the other side as often
		c.conn.SetWriteDeadline(time.Now().Add(wait / looks))
		k, err := c.conn.Write(p[n:])
		n += k
		switch late := errors.Is(err, os.ErrDeadlineExceeded); {
		case err != nil && !late:
			return n, err
		case n-from >= maxPiece:
			from, begun = n, time.Now()
		case late && time.Since(begun) >= wait:
			return n, err
		}
	}
	return n, nil
}

// writePieces is write over TLS, which cannot go on once it timed out.
func (c *Client) writePieces(p []byte, wait time.Duration) (n int, err error) {
	for n < len(p) && err == nil {
		c.conn.SetWriteDeadline(time.Now().Add(wait))
		var k int
		k, err = c.conn.Write(p[n:min(n+maxPiece, len(p))])
		n += k
	}
	return n, err
}

// reply waits for the reply of a stage. Its error is an *Error, after which
// nothing can be said on this connection.
func (c *Client) reply(ctx context.Context, stage Stage) (Reply, error) {
	return c.replyWithin(ctx, stage, c.wait(stage))
}

func (c *Client) replyWithin(ctx context.Context, stage Stage, wait time.Duration) (Reply, error) {
	reply, err := c.in.reply(ctx, wait)
	c.addTime(stage)
	if err != nil {
		return Reply{}, c.lost(ctx, stage, err)
	}
	if stage != StageAuth || reply.Code != 334 { // a challenge is never shown, and must stay whole
		c.redact(&reply)
	}
	c.traceReply(stage, reply)
	if reply.Code == 421 { // the server closes after it (RFC 5321 §3.8)
		c.done = true
	}
	return reply, nil
}

// lost is the error of a connection that cannot be used any more.
func (c *Client) lost(ctx context.Context, stage Stage, err error) *Error {
	c.done = true
	var protocol *protocolError
	kind := KindTemporary
	switch {
	case errors.As(err, &protocol):
		kind = KindProtocol
		if len(c.secrets) > 0 { // the line was cut, so a secret in it may be too
			err = &protocolError{why: protocol.why}
		}
	case (stage == StageGreeting || stage == StageHello) && isAlert(err):
		kind = KindAuthOrTLS
	case ctx.Err() != nil:
		err = context.Cause(ctx)
	case errors.Is(err, os.ErrDeadlineExceeded):
		err = errNotTaken{c.wait(stage)}
	default:
		err = bare(err)
	}
	c.note(stage, err.Error())
	return c.fail(stage, kind, Reply{}, err)
}

// unaskedWait is for the rest of a reply that came unasked.
const unaskedWait = 5 * time.Second

// quiet holds that nothing is unread before a flight is written: what is there
// answers no command of ours.
func (c *Client) quiet(ctx context.Context, stage Stage) error {
	if !c.in.waiting() {
		return nil
	}
	return c.unasked(ctx, stage)
}

// unasked reads what came unasked, drops the connection and says what it means:
// 4yz, 421 too, and 5yz their own class, anything else a server out of step.
func (c *Client) unasked(ctx context.Context, stage Stage) *Error {
	defer c.drop()
	reply, err := c.replyWithin(ctx, stage, min(unaskedWait, c.wait(stage)))
	if err != nil {
		return asError(err)
	}
	e := c.refused(stage, reply)
	e.Err = errors.New("the server spoke unasked")
	return e
}

// wait is how long a reply of a stage may take (RFC 5321 §4.5.3.2).
func (c *Client) wait(stage Stage) time.Duration {
	switch {
	case c.server.Timeout > 0:
		return c.server.Timeout
	case stage == StageData:
		return 2 * time.Minute
	case stage == StageContent:
		return 3 * time.Minute
	case stage == StageDot: // a shorter one makes duplicates
		return 10 * time.Minute
	}
	return 5 * time.Minute
}

// quitWait is all the time that a mail already accepted waits for a farewell.
const quitWait = 100 * time.Millisecond

// Quit says QUIT, waits a moment for the answer, and closes. An error says
// nothing of the mails that were sent.
func (c *Client) Quit() error {
	defer c.Close()
	if c.done {
		return nil
	}
	if !c.quit {
		if c.in.waiting() {
			return nil
		}
		c.groups++
		c.trace(DirSent, StageQuit, "QUIT")
		if _, err := c.write([]byte("QUIT\r\n"), quitWait); err != nil {
			return err
		}
	}
	_, err := c.replyWithin(context.Background(), StageQuit, quitWait)
	return err
}

// Close closes without a word. It may be called twice, and after Quit.
func (c *Client) Close() error {
	if !c.done {
		c.done = true
		c.conn.Close() // TLS says goodbye
	}
	c.drop()
	return nil
}
