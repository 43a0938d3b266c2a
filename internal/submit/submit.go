// Package submit speaks SMTP as a server in one session (RFC 5321), with a program
// that submits mail over a pipe or a socket. It offers PIPELINING, 8BITMIME, SMTPUTF8,
// ENHANCEDSTATUSCODES, DSN and SIZE, and on request CHUNKING, STARTTLS and AUTH.
// Recipients may be names without a domain. What becomes of a mail is the caller's
// decision.
package submit

import (
	"crypto/tls"
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
	Return     string            // RET, or ""
	EnvelopeID string            // ENVID, decoded, or ""
	Notify     map[string]string // NOTIFY of each recipient that has one
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

	Chunking bool // offers CHUNKING (RFC 3030 §2)

	// Strict requires EHLO or HELO before MAIL, and CRLF around the final dot. Otherwise,
	// the lines of the content end as the line of DATA did.
	Strict bool

	// Reply is called for the greeting and for each stage that has a command. A reply that
	// is not the zero Reply replaces the usual one. Unless it is of the same class, the
	// command has no effect. The address is that of MAIL or RCPT.
	Reply func(stage wire.Stage, address string) Reply

	// Deliver gets each mail. It may leave octets of the content unread. If the client
	// is gone before the final dot, the content returns io.ErrUnexpectedEOF: nothing
	// may be delivered.
	Deliver func(m *Mail, content io.Reader) Reply

	TLS        *tls.Config // offers STARTTLS over a connection
	Implicit   bool        // TLS begins before the greeting
	RequireTLS bool        // before MAIL
	Login      *Login      // offers AUTH; nil means that no login is needed

	Note  func(text string) // gets what the user of the client should know
	Trace wire.Trace        // gets the dialogue as the client sees it

	// TraceContent gets the content as the client sends it, before the event of its size
	// or after that of BDAT. Its errors are ignored. It may be nil.
	TraceContent io.Writer
}

// Serve speaks with the client until it quits or is gone.
func (s *Session) Serve(r io.Reader, w io.Writer, idle time.Duration) error {
	pr, pw := io.Pipe()
	defer pr.Close()
	go func() {
		_, err := io.Copy(pw, r)
		pw.CloseWithError(err) // nil is the end of the input
	}()
	c := &conn{session: s}
	c.use(&idleReader{pr, pw, idle}, w)
	return c.run()
}

// ServeConn does the same over a connection, which the caller closes. 0 means that the
// client may be idle.
func (s *Session) ServeConn(nc net.Conn, idle time.Duration) error {
	peer := &idleConn{Conn: nc, limit: idle}
	c := &conn{session: s, peer: peer, stage: wire.StageConnect}
	c.use(peer, peer)
	c.trace(wire.DirNote, "connected from "+nc.RemoteAddr().String())
	return c.run()
}
