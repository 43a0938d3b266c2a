// Package wire speaks SMTP (RFC 5321) and LMTP (RFC 2033) as a client.
//
// Deliver carries a message to all its recipients, over as many connections and
// transactions as that takes. Dial and Send are its steps, one of each.
//
// A final dot is written by an explicit last act only: when the content's
// WriteTo returned nil. Anything else drops the connection without it.
package wire

import (
	"context"
	"crypto/tls"
	"net"
	"time"
)

// Security is the TLS policy for a server.
type Security int

const (
	TLSRequired      Security = iota // TLS, and a certificate that can be verified
	TLSOpportunistic                 // STARTTLS if it is offered; the certificate is not verified
	TLSNone                          // no STARTTLS; a login is then possible only over a Unix socket
)

// String returns "required", "opportunistic" or "none".
func (s Security) String() string { return enumWord(int(s), "required", "opportunistic", "none") }

// Server says whom to call and how. Dial or Address is needed, the rest may be zero.
type Server struct {
	Network string                                      // "tcp" or "unix"; empty: tcp
	Address string                                      // host:port, or the path of a socket
	Dial    func(ctx context.Context) (net.Conn, error) // in place of Network and Address: a child, the sink; wire closes what it returns
	Name    string                                      // the server in messages, as the user wrote it
	LMTP    bool                                        // RFC 2033: LHLO, and a reply to the dot for each recipient

	Implicit bool // TLS from the first octet, verified unless Security is Opportunistic
	Security Security
	// TLS has the roots and the client certificate; nil means the roots of the host. InsecureSkipVerify and ServerName
	// are replaced: wire verifies the certificate itself, as Security, TLSName and Fingerprints demand, and then calls
	// VerifyConnection, if it is set, whose error makes the handshake fail. VerifiedChains is empty if the certificate
	// was compared with Fingerprints or not verified. TLS 1.2 is the minimum version.
	TLS          *tls.Config
	TLSName      string   // the name the certificate must have; empty: the host of Address
	Fingerprints [][]byte // SHA-256 of certificates that stand for name, chain and date

	Hello string // name in EHLO; empty: the socket's address literal
	Login *Login // nil: none

	Timeout        time.Duration // for each reply; 0: RFC 5321 §4.5.3.2
	ConnectTimeout time.Duration // DNS and all addresses together; 0: 30 s

	Trace Trace // nil: nobody listens
}

// Envelope is whom a message is from and for (RFC 5321 §2.3.1).
type Envelope struct {
	From string   // a mailbox without angle brackets; empty: the null sender
	To   []string // at least one

	Size          int64  // octets with CRLF (RFC 1870); 0 or negative: not known
	EightBit      bool   // octets over 127 are there, or may come
	EightBitKnown bool   // all of the content was seen
	UTF8          string // what else than these addresses needs SMTPUTF8, a field; empty: nothing

	DSN DSN // the zero value requests nothing

	MessageID    string // for the error "outcome unknown"; may be empty
	AllOrNothing bool   // send to no recipient if the server refuses one of them
	Chunking     bool   // BDAT if the server offers it (RFC 3030)
	QuitAfter    bool   // no transaction follows, so QUIT may be sent along with the final dot; Deliver sets it
}

// A DSN is a request for delivery status notifications (RFC 3461).
type DSN struct {
	Notify     string // NOTIFY for each recipient: "NEVER", or a list of "SUCCESS", "FAILURE" and "DELAY"
	Return     string // RET: "FULL" or "HDRS"
	EnvelopeID string // ENVID
}

// Outcome is what became of a recipient.
type Outcome int

// The zero value promises least.
const (
	OutcomeUnknown  Outcome = iota // it may have been delivered
	OutcomeAccepted                // the server answers for it now
	OutcomeRefused                 // for good
	OutcomeDeferred                // for now
)

// Recipient is an address and what became of it.
type Recipient struct {
	Address string
	Outcome Outcome
	Reply   Reply  // the one that decided; zero when none came
	Reason  string // where no reply came
}

// Receipt tells what became of a message, recipient by recipient in the order of the envelope.
type Receipt struct {
	Server        string
	FailedServers []error // why servers before it were of no use, in their order
	Recipients    []Recipient
	TLS           *tls.ConnectionState // of the last connection; nil: in clear
	Verified      bool                 // that TLS was
	Times         []StageTime          // connect, greeting, ..., dot, QUIT
}

// StageTime is how long a stage took.
type StageTime struct {
	Stage    Stage
	Duration time.Duration
}
