package sink

import (
	"bytes"
	"fmt"
	"net"

	"github.com/emersion/go-smtp"
)

// listener wraps each client's connection into a conn.
type listener struct {
	net.Listener
	reply map[string]int
}

func (l listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &conn{Conn: c, reply: l.reply}, nil
}

// conn puts the replies that were asked for in the place of go-smtp's, which
// writes each line with one Write. MAIL, RCPT and the dot are known to the
// session; the greeting, EHLO, DATA and QUIT, for which go-smtp has no hook,
// are known by the words of their replies. It is used by one goroutine.
type conn struct {
	net.Conn
	reply   map[string]int
	greeted bool
	next    int    // code in place of the next reply's; 0: as it is
	skip    bool   // the lines of the next reply, up to its last, are not written
	refused bool   // DATA was, though go-smtp waits for content
	ending  []byte // what go-smtp reads in the place of that content
	lost    bool   // the client is gone: go-smtp takes half a last chunk for a whole one
}

// instead arranges that the reply of a stage is the one asked for. Its error
// is for go-smtp, so that it knows when the command was refused.
func (c *conn) instead(stage string) error {
	c.next = c.reply[stage]
	if c.next == 0 || c.next/100 == 2 {
		return nil
	}
	return &smtp.SMTPError{Code: c.next}
}

func (c *conn) Write(p []byte) (int, error) {
	if c.skip {
		if p[3] == ' ' {
			c.skip, c.refused = false, false
		}
		return len(p), nil
	}
	switch {
	case c.next != 0: // the session knows
	case !c.greeted:
		c.greeted = true
		c.next = c.reply["greeting"]
	case bytes.HasPrefix(p, []byte("250-Hello ")):
		c.next = c.reply["ehlo"]
		c.skip = c.next != 0
	case bytes.HasPrefix(p, []byte("354 ")):
		if c.next = c.reply["data"]; c.next != 0 && c.next != 354 {
			c.refused, c.skip, c.ending = true, true, []byte(".\r\n")
		}
	case bytes.HasPrefix(p, []byte("221 ")):
		c.next = c.reply["quit"]
	}
	code := c.next
	c.next = 0
	line := p
	if code != 0 {
		line = fmt.Appendf(nil, "%d %ssink: the reply that was asked for\r\n", code, enhanced(code))
	}
	_, err := c.Conn.Write(line)
	if bytes.HasPrefix(line, []byte("421 ")) {
		c.Conn.Close() // RFC 5321 §3.8
	}
	return len(p), err
}

func (c *conn) Read(p []byte) (int, error) {
	if len(c.ending) > 0 {
		n := copy(p, c.ending)
		c.ending = c.ending[n:]
		return n, nil
	}
	n, err := c.Conn.Read(p)
	c.lost = c.lost || err != nil
	return n, err
}

// enhanced returns a status code without a detail (RFC 3463 §2) and a blank.
func enhanced(code int) string {
	if class := code / 100; class == 2 || class == 4 || class == 5 {
		return fmt.Sprintf("%d.0.0 ", class)
	}
	return ""
}
