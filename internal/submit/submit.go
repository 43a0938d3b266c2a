// Package submit speaks SMTP as a server in one session (RFC 5321), with a program
// that submits mail over a pipe or a socket. It offers PIPELINING, 8BITMIME,
// SMTPUTF8, ENHANCEDSTATUSCODES, DSN and SIZE, and neither TLS nor a login. Recipients
// may be names without a domain. What becomes of a mail is the caller's decision.
package submit

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// Limits of a session.
const (
	maxMails      = 100
	maxRecipients = 1000
	maxCommand    = 4096 // octets of a line; RFC 5321 §4.5.3.1.4 requires 512
)

// Idle is how long a session waits for the client (RFC 5321 §4.5.3.2.7).
const Idle = 5 * time.Minute

// A Mail is the envelope of a mail.
type Mail struct {
	Hello      string // the name that the client gave, not verified
	Extended   bool   // the client greeted with EHLO
	From       string // an address, or "" for the null sender
	To         []string
	Return     string // RET, or ""
	EnvelopeID string // ENVID, decoded, or ""
	Notify     string // NOTIFY of all recipients, or ""
}

// A Reply is an answer to the client. Text begins with an enhanced status code.
type Reply struct {
	Code int
	Text string
}

// A Session is one dialogue.
type Session struct {
	Host string // the name in the greeting

	// Recipient is asked about each address. A reply that is not the zero Reply
	// refuses it.
	Recipient func(address string) Reply

	// Deliver gets each mail. It may leave octets of the content unread. If the client
	// is gone before the final dot, the content returns io.ErrUnexpectedEOF: nothing
	// may be delivered.
	Deliver func(m *Mail, content io.Reader) Reply
}

// errIdle means that the client was silent for too long.
var errIdle = errors.New("idle for too long")

// Serve speaks with the client until it quits or is gone.
func (s *Session) Serve(r io.Reader, w io.Writer, idle time.Duration) error {
	pr, pw := io.Pipe()
	defer pr.Close()
	go func() {
		_, err := io.Copy(pw, r)
		pw.CloseWithError(err) // nil is the end of the input
	}()
	c := &conn{
		session: s,
		in:      bufio.NewReaderSize(&idleReader{pr, pw, idle}, 64<<10),
		out:     bufio.NewWriter(w),
	}
	err := c.serve()
	switch {
	case err == errIdle:
		c.reply(421, "4.4.2 idle for too long")
		err = nil
	case err == io.EOF, err == errQuit:
		err = nil
	}
	return errors.Join(err, c.out.Flush())
}

// An idleReader is a pipe whose writer is cut off if a Read takes too long.
type idleReader struct {
	*io.PipeReader
	w     *io.PipeWriter
	limit time.Duration
}

func (r *idleReader) Read(p []byte) (int, error) {
	defer time.AfterFunc(r.limit, func() { r.w.CloseWithError(errIdle) }).Stop()
	return r.PipeReader.Read(p)
}

// A conn is the state of a session.
type conn struct {
	session *Session
	in      *bufio.Reader
	out     *bufio.Writer
	mail    *Mail // nil: MAIL is missing
	hello   string
	isEHLO  bool
	lf      bool // the last command ended with a bare LF
	mails   int
}

// errQuit ends the session after a reply that says so.
var errQuit = errors.New("quit")

func (c *conn) serve() error {
	c.reply(220, c.session.Host+" ESMTP mailpipe")
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

func (c *conn) reply(code int, text string) { fmt.Fprintf(c.out, "%d %s\r\n", code, oneLine(text)) }

// oneLine returns a text that cannot begin another reply.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F {
			return ' '
		}
		return r
	}, s)
}

// command answers one command.
func (c *conn) command(line string) error {
	if len(line) > maxCommand {
		c.reply(500, "5.5.6 line too long")
		return nil
	}
	verb, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	switch strings.ToUpper(verb) {
	case "EHLO", "HELO":
		c.greet(strings.ToUpper(verb) == "EHLO", rest)
	case "MAIL":
		return c.mailFrom(rest)
	case "RCPT":
		c.rcptTo(rest)
	case "DATA":
		return c.data(rest)
	case "RSET":
		c.mail = nil
		c.reply(250, "2.0.0 Ok")
	case "NOOP":
		c.reply(250, "2.0.0 Ok")
	case "VRFY":
		c.reply(252, "2.5.2 cannot verify, but will try to deliver")
	case "HELP":
		c.reply(214, "2.0.0 see mailpipe-sendmail(1)")
	case "QUIT":
		c.reply(221, "2.0.0 Bye")
		return errQuit
	default:
		c.reply(500, "5.5.1 unknown command")
	}
	return nil
}

func (c *conn) greet(extended bool, name string) {
	if name == "" {
		c.reply(501, "5.5.4 missing host name")
		return
	}
	c.mail, c.hello, c.isEHLO = nil, name, extended
	if !extended {
		c.reply(250, c.session.Host)
		return
	}
	fmt.Fprintf(c.out, "250-%s\r\n", c.session.Host)
	for _, extension := range []string{"PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "DSN"} {
		fmt.Fprintf(c.out, "250-%s\r\n", extension)
	}
	c.reply(250, "SIZE")
}

// data reads a mail and answers the final dot.
func (c *conn) data(rest string) error {
	switch {
	case rest != "":
		c.reply(501, "5.5.4 DATA has no parameters")
		return nil
	case c.mail == nil || len(c.mail.To) == 0:
		c.reply(503, "5.5.1 no valid recipients")
		return nil
	}
	c.reply(354, "end the mail with a line of one dot")
	if err := c.out.Flush(); err != nil {
		return err
	}
	content := &dotReader{r: c.in, lf: c.lf}
	reply := c.session.Deliver(c.mail, content)
	c.mail = nil
	c.mails++
	if _, err := io.Copy(io.Discard, content); err == nil { // else the next command has the same error
		c.reply(reply.Code, reply.Text)
	}
	return nil
}
