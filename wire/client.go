package wire

import (
	"context"
	"crypto/tls"
	"maps"
	"net"
	"time"
)

// A Client is a connection to a server that is ready for mail: it was greeted,
// secured and logged in. Dial makes one; the zero Client is closed. A Client may
// be used by one goroutine at a time; different Clients are independent of each
// other.
type Client struct {
	server Server
	raw    net.Conn     // as dialed; closing it ends everything at once
	conn   net.Conn     // raw, or TLS over it
	in     *replyReader // reads conn; nil before the first attach

	extensions map[string]string // EHLO keywords in upper case, with their parameters
	noEHLO     error             // wraps ErrNoEHLO; nil unless the server knows only HELO
	refusal    *Error            // why the server may close the connection; nil after each reply
	tls        *tls.ConnectionState
	verified   bool
	secrets    redactor // of the login

	groups int // command groups written so far
	times  []StageTime
	mark   time.Time // of the last addTime

	limit     int  // recipients per transaction
	mails     int  // transactions begun
	mailLimit int  // transactions that the server accepts; 0 means unknown
	dirty     bool // a transaction was begun and not completed, so RSET must come first
	quit      bool // QUIT was written
	open      bool // more commands may be sent
}

// Extensions returns the keywords of the server's reply to EHLO in upper case,
// with their parameters (RFC 5321 §4.1.1.1). The caller may change the map.
func (c *Client) Extensions() map[string]string { return maps.Clone(c.extensions) }

// TLS returns the state of TLS, nil if the connection is unencrypted, and
// whether the certificate of the server was verified: by name, chain and dates,
// or by fingerprint.
func (c *Client) TLS() (state *tls.ConnectionState, verified bool) { return c.tls, c.verified }

// Limit returns the number of recipients that the server accepts in one
// transaction, as far as known: 100 (RFC 5321 §4.5.3.1.8), or the number in its
// reply to EHLO (RFC 9422), or less after it rejected some with "too many
// recipients". Split the recipients of a longer envelope between calls of Send,
// as Deliver does.
func (c *Client) Limit() int { return c.limit }

// usable reports whether the server accepts another transaction.
func (c *Client) usable() bool {
	return c.open && (c.mailLimit == 0 || c.mails < c.mailLimit)
}

// attach makes conn the connection for commands and replies.
func (c *Client) attach(conn net.Conn) {
	limitSendBuffer(c.raw)
	c.conn = conn
	c.in = newReplyReader(conn)
}

// watch drops the connection when ctx ends, until stop is called. If stop
// returns false, the connection was dropped.
func (c *Client) watch(ctx context.Context) (stop func() bool) {
	return context.AfterFunc(ctx, func() { c.raw.Close() })
}

// drop closes the connection at once: without a dot, QUIT, or a TLS alert.
func (c *Client) drop() {
	c.open = false
	if c.raw != nil {
		c.raw.Close()
	}
	if c.in != nil {
		c.in.close()
	}
}

// quitTimeout is how long Quit takes at most: the mail was already accepted.
const quitTimeout = 100 * time.Millisecond

// quitCommand returns the command QUIT, for the write that ends the content. It
// returns none if the server does not offer PIPELINING. Quit reads the reply.
func (c *Client) quitCommand() []command {
	c.quit = c.pipelines()
	if !c.quit {
		return nil
	}
	return []command{{stage: StageQuit, line: "QUIT"}}
}

// Quit sends QUIT, waits up to 100 ms for the reply, and closes the connection.
// An error is of no consequence for the messages that were sent.
func (c *Client) Quit() error {
	defer c.Close()
	if !c.open {
		return nil
	}
	if !c.quit {
		if c.in.hasInput() { // not a reply to QUIT
			return nil
		}
		c.groups++
		c.trace(DirSent, StageQuit, "QUIT")
		if _, err := c.write([]byte("QUIT\r\n"), quitTimeout); err != nil {
			return c.lost(context.Background(), StageQuit, err)
		}
	}
	_, err := c.replyWithin(context.Background(), StageQuit, quitTimeout)
	return err
}

// Close closes the connection without QUIT. It may be called more than once, and
// after Quit. It always returns nil.
func (c *Client) Close() error {
	if c.open {
		c.open = false
		c.conn.Close() // TLS sends close_notify
	}
	c.drop()
	return nil
}
