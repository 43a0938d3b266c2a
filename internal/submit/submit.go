// Package submit speaks SMTP as a server in one session (RFC 5321), with a program
// that submits mail over a pipe or a socket. It offers PIPELINING, 8BITMIME, SMTPUTF8,
// ENHANCEDSTATUSCODES, DSN, CHUNKING and SIZE. Recipients may be names without a
// domain. What becomes of a mail is the caller's decision.
package submit

import (
	"bufio"
	"errors"
	"io"
	"net"
	"time"

	"mailpipe/wire"
)

// Limits of a session.
const (
	maxRecipients = 1000
	maxCommand    = 12288 // octets of a line (RFC 4954 §4)
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

// Codes of a Reply that is not sent. The session ends with it.
const (
	Close = -1 // the connection is closed
	Stall = -2 // nothing more is sent, until the client closes the connection
)

// A Session is how to conduct a dialogue. Its functions may be nil, except Deliver.
type Session struct {
	Host     string // the name in the greeting
	MaxMails int    // in one dialogue; 0 means no limit

	// OneNotify refuses a recipient whose NOTIFY is not that of the first, so that the
	// client sends it another mail.
	OneNotify bool

	// Strict requires EHLO or HELO before MAIL, and CRLF around the final dot. Otherwise,
	// lines of the content end as that with DATA did.
	Strict bool

	// Reply is asked about each stage with a command, and the greeting. A reply that is
	// not the zero Reply replaces the usual one. Unless it is of the same class, the
	// command has no effect. The address is that of MAIL or RCPT.
	Reply func(stage wire.Stage, address string) Reply

	// Deliver gets each mail. It may leave octets of the content unread. If the client
	// is gone before the final dot, the content returns io.ErrUnexpectedEOF: nothing
	// may be delivered.
	Deliver func(m *Mail, content io.Reader) Reply

	Note  func(text string) // gets what the user of the client should know
	Trace wire.Trace        // gets the dialogue as the client sees it
}

// Serve speaks with the client until it quits or is gone.
func (s *Session) Serve(r io.Reader, w io.Writer, idle time.Duration) error {
	pr, pw := io.Pipe()
	defer pr.Close()
	go func() {
		_, err := io.Copy(pw, r)
		pw.CloseWithError(err) // nil is the end of the input
	}()
	return s.serve(&conn{in: bufio.NewReaderSize(&idleReader{pr, pw, idle}, bufferSize), out: bufio.NewWriter(w)})
}

// ServeConn does the same over a connection, which the caller closes. 0 means that the
// client may be idle.
func (s *Session) ServeConn(c net.Conn, idle time.Duration) error {
	peer := &idleConn{Conn: c, limit: idle}
	return s.serve(&conn{peer: peer, in: bufio.NewReaderSize(peer, bufferSize), out: bufio.NewWriter(peer)})
}

const bufferSize = 64 << 10

func (s *Session) serve(c *conn) error {
	c.session = s
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
