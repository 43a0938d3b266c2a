package sink

import (
	"bytes"
	"fmt"
	"net"
	"time"

	"github.com/emersion/go-smtp"
)

// A listener turns each connection that it accepts into a conn.
type listener struct {
	net.Listener
	reply map[string]int
}

func (l listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &conn{Conn: c, reply: l.reply, timeout: idleTimeout}, nil
}

// idleTimeout is how long a client may send nothing, or not read a reply (RFC 5321
// §4.5.3.2.7).
const idleTimeout = 5 * time.Minute

// A conn is the connection of a client. It replaces replies of go-smtp as
// Options.Reply says. The session announces those of MAIL, RCPT and the final dot.
// For the greeting, EHLO, DATA and QUIT, go-smtp calls nothing. They are recognized
// by their replies: the first one, 250 with several lines, 354 and 221.
//
// One goroutine uses a conn at a time.
type conn struct {
	net.Conn
	reply   map[string]int
	timeout time.Duration // of each read and write; 0 means none

	line    []byte // the beginning of a line that go-smtp writes
	greeted bool
	code    int  // replaces that of the next reply; 0 means none
	skip    bool // the reply is not sent from here to its last line

	// After a replaced 354, go-smtp waits for content. It is given an empty one, and
	// its reply to that is not sent.
	dataRefused bool
	content     []byte

	// readError is that of the first read that failed. Later ones fail at once. The
	// session looks at it, because go-smtp mistakes half of the last chunk for a whole one.
	readError error
}

// replace has the reply to a stage replaced if the options say so. It returns an
// error for go-smtp if the command is then refused.
func (c *conn) replace(stage string) error {
	c.code = c.reply[stage]
	if c.code == 0 || c.code/100 == 2 {
		return nil
	}
	return &smtp.SMTPError{Code: c.code}
}

// Write sends each line that is complete.
func (c *conn) Write(p []byte) (int, error) {
	c.line = append(c.line, p...)
	for {
		end := bytes.IndexByte(c.line, '\n') + 1
		if end == 0 {
			return len(p), nil
		}
		line := c.line[:end]
		c.line = c.line[end:]
		if err := c.writeLine(line); err != nil {
			return 0, err
		}
	}
}

// writeLine sends a line of a reply, or its replacement.
func (c *conn) writeLine(line []byte) error {
	last := !bytes.HasPrefix(line[min(3, len(line)):], []byte("-"))
	if c.skip {
		if last {
			c.skip, c.dataRefused = false, false
		}
		return nil
	}
	code := c.replacement(line)
	if code != 0 {
		c.skip = !last || c.dataRefused
		line = fmt.Appendf(nil, "%d %ssink: as requested\r\n", code, enhanced(code))
	}
	if c.timeout > 0 {
		c.SetWriteDeadline(time.Now().Add(c.timeout))
	}
	_, err := c.Conn.Write(line)
	if bytes.HasPrefix(line, []byte("421 ")) {
		c.Conn.Close() // RFC 5321 §3.8
	}
	return err
}

// replacement returns the code that replaces the reply that begins with line, or 0.
func (c *conn) replacement(line []byte) int {
	code := c.code
	c.code = 0
	switch {
	case code != 0:
		return code
	case !c.greeted:
		c.greeted = true
		return c.reply["greeting"]
	case bytes.HasPrefix(line, []byte("250-")):
		return c.reply["ehlo"]
	case bytes.HasPrefix(line, []byte("354 ")):
		code = c.reply["data"]
		if code != 0 && code != 354 {
			c.dataRefused, c.content = true, []byte(".\r\n")
		}
		return code
	case bytes.HasPrefix(line, []byte("221 ")):
		return c.reply["quit"]
	}
	return 0
}

func (c *conn) Read(p []byte) (int, error) {
	if len(c.content) > 0 {
		n := copy(p, c.content)
		c.content = c.content[n:]
		return n, nil
	}
	if c.readError != nil {
		return 0, c.readError
	}
	if c.timeout > 0 {
		c.SetReadDeadline(time.Now().Add(c.timeout))
	}
	n, err := c.Conn.Read(p)
	c.readError = err
	return n, err
}

// enhanced returns an enhanced status code without a detail (RFC 3463 §2) and a
// space, or nothing if the class has none.
func enhanced(code int) string {
	if class := code / 100; class != 3 {
		return fmt.Sprintf("%d.0.0 ", class)
	}
	return ""
}
