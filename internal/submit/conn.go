package submit

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"mailpipe/wire"
)

// A conn is the state of a session.
type conn struct {
	session *Session
	peer    *idleConn // nil: over a pipe
	in      *bufio.Reader
	out     *bufio.Writer
	mail    *Mail // nil: MAIL is missing
	hello   string
	isEHLO  bool
	lf      bool // the last command ended with a bare LF
	mails   int

	secure   bool // TLS has begun
	loggedIn bool

	stage wire.Stage // of the last command that has one
	group int        // of commands that came together
}

// errQuit ends the session.
var errQuit = errors.New("quit")

// use reads from r and writes to w from now on.
func (c *conn) use(r io.Reader, w io.Writer) {
	c.in, c.out = bufio.NewReaderSize(r, 64<<10), bufio.NewWriter(w)
}

// run speaks with the client to the end of the session.
func (c *conn) run() error {
	err := c.serve()
	switch {
	case errors.Is(err, errIdle):
		err = c.reply(421, "4.4.2 idle for too long")
	case err == io.EOF:
		c.trace(wire.DirNote, "the client closed the connection")
	}
	if err == io.EOF || err == errQuit {
		err = nil
	}
	return errors.Join(err, c.out.Flush())
}

func (c *conn) serve() error {
	if c.session.Implicit {
		if err := c.handshake(); err != nil {
			return err
		}
	}
	c.stage = wire.StageGreeting
	if _, err := c.answer("", 220, c.session.Host+" ESMTP mailpipe"); err != nil {
		return err
	}
	for {
		line, err := c.line()
		if err == nil {
			err = c.command(line)
		}
		if err != nil {
			return err
		}
	}
}

// line reads a command. The replies are written before it waits for the client, so
// that those to pipelined commands go together.
func (c *conn) line() (string, error) {
	if c.in.Buffered() == 0 {
		c.group++
		if err := c.out.Flush(); err != nil {
			return "", err
		}
	}
	var line []byte
	for {
		part, err := c.in.ReadSlice('\n')
		if len(line) <= maxCommand {
			line = append(line, part...)
		}
		switch {
		case err == nil:
			c.lf = !bytes.HasSuffix(part, []byte("\r\n"))
			return strings.TrimRight(string(line), "\r\n"), nil
		case err != bufio.ErrBufferFull:
			return "", err
		}
	}
}

// answer replies to a command, or greets, as Session.Reply says. If that says nothing, it
// replies with code and text. It reports whether the command takes effect. Its error ends
// the session.
func (c *conn) answer(address string, code int, text string) (takesEffect bool, err error) {
	reply := c.replacement(address)
	if reply == (Reply{}) {
		return true, c.reply(code, text)
	}
	return reply.Code/100 == code/100, c.reply(reply.Code, reply.Text)
}

// replacement returns what Session.Reply says about the stage.
func (c *conn) replacement(address string) Reply {
	if c.session.Reply == nil {
		return Reply{}
	}
	return c.session.Reply(c.stage, address)
}

// reply writes a reply of one line. Its error ends the session.
func (c *conn) reply(code int, text string) error {
	switch code {
	case Close:
		c.trace(wire.DirNote, "the connection is closed")
		return errQuit
	case Stall:
		return c.stall()
	}
	c.say(fmt.Sprint(code, " ", oneLine(text)))
	if code == 421 {
		return errQuit // RFC 5321 §3.8
	}
	return nil
}

// say writes a line of a reply.
func (c *conn) say(line string) {
	c.trace(wire.DirReceived, line)
	fmt.Fprintf(c.out, "%s\r\n", line)
}

// stall waits until the client closes the connection.
func (c *conn) stall() error {
	c.trace(wire.DirNote, "there is no reply")
	if c.peer != nil {
		c.peer.limit = 0
	}
	if err := c.out.Flush(); err != nil {
		return err
	}
	_, err := io.Copy(io.Discard, c.in)
	if err == nil {
		err = io.EOF
	}
	return err
}

// oneLine returns a text that cannot begin another reply.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F {
			return ' '
		}
		return r
	}, s)
}

// traceContent traces content.
func (c *conn) traceContent(p []byte) {
	if c.session.TraceContent != nil {
		_, _ = c.session.TraceContent.Write(p)
	}
}

// trace traces a line of the dialogue.
func (c *conn) trace(dir wire.Direction, text string) {
	if c.session.Trace != nil {
		c.session.Trace(wire.Event{Time: time.Now(), Dir: dir, Stage: c.stage, Text: text, Group: c.group})
	}
}
