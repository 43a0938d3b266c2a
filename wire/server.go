package wire

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

// Security is the TLS policy for a server.
type Security int

const (
	TLSRequired      Security = iota // TLS, and a certificate that can be verified
	TLSOpportunistic                 // TLS if the server offers it; the certificate is not verified
	TLSNone                          // no STARTTLS, so a login is possible only with Implicit or over a Unix socket
)

// String returns "required", "opportunistic" or "none".
func (s Security) String() string { return enumWord(int(s), "required", "opportunistic", "none") }

// A Server describes how to reach an SMTP or LMTP server and how to use it.
// Address or Dial must be set. The zero values of the other fields are safe: they
// require TLS and a certificate that can be verified.
//
// A Server may be used for many connections, also at the same time, if its
// functions may be called concurrently. It must not be changed meanwhile.
type Server struct {
	Network string // "tcp" or "unix"; empty means "tcp"
	Address string // host:port, or the path of a Unix socket
	Name    string // the server in errors and receipts; empty means Address
	LMTP    bool   // LHLO, and a reply to the content for each recipient

	// Dial, if it is not nil, makes the connection in place of Network and
	// Address. The package closes the connection. TLSName has no default then.
	Dial func(ctx context.Context) (net.Conn, error)

	Implicit bool     // TLS from the first octet; the certificate is verified unless Security is TLSOpportunistic
	Security Security // the zero value is TLSRequired

	// TLS has the root certificates and the client certificate; nil means the
	// roots of the system. InsecureSkipVerify and ServerName are replaced, as
	// Security, TLSName and Fingerprints demand. VerifyConnection is called after
	// all checks; VerifiedChains is empty if the certificate was compared with
	// Fingerprints or not verified. The minimum version is TLS 1.2.
	TLS          *tls.Config
	TLSName      string   // the name that the certificate must have; empty means the host of a TCP Address
	Fingerprints [][]byte // SHA-256 of the Raw of accepted certificates, whatever their name, chain and dates

	Hello string // the client's name in EHLO; empty means the address literal of the socket
	Login *Login // nil means no login

	NoPipelining bool // send one command at a time, even if the server offers PIPELINING

	Timeout        time.Duration // for each reply; 0 means the limits of RFC 5321 §4.5.3.2
	ConnectTimeout time.Duration // for DNS and all addresses together; 0 means 30 s

	Trace Trace // receives the dialogue; may be nil

	// TraceContent gets the content as it is sent, with CRLF and with dots doubled for
	// DATA; nil means that it is not traced. It is written between the event of the
	// reply to DATA and that of the size, or after that of BDAT, in any goroutine. Its
	// errors are ignored.
	TraceContent io.Writer
}

// name returns the server's name in errors and receipts.
func (s *Server) name() string { return cmp.Or(s.Name, s.Address) }

// check returns an error if s cannot be connected to at all, if a fingerprint can
// match no certificate, or if Hello could add a command or a parameter to the
// dialogue.
func (s *Server) check() error {
	if s.Dial == nil {
		if err := checkEndpoint(s.Network, s.Address); err != nil {
			return err
		}
	}
	for _, f := range s.Fingerprints {
		if len(f) != sha256.Size {
			return fmt.Errorf("invalid fingerprint: has %d octets, must have %d", len(f), sha256.Size)
		}
	}
	notInName := func(r rune) bool { return r <= ' ' || r > '~' }
	if strings.ContainsFunc(s.Hello, notInName) {
		return fmt.Errorf("invalid name for EHLO %q: must be printable ASCII without spaces", s.Hello)
	}
	return nil
}

func checkEndpoint(network, address string) error {
	if address == "" {
		return errors.New("missing server address")
	}
	switch network {
	case "unix":
		return nil
	case "", "tcp", "tcp4", "tcp6":
	default:
		return fmt.Errorf("unsupported network %q", network)
	}
	_, port, err := net.SplitHostPort(address)
	if err == nil {
		err = checkPort(port)
	}
	var syntax *net.AddrError
	if errors.As(err, &syntax) {
		err = errors.New(syntax.Err) // without the address, which the error below quotes
	}
	if err != nil {
		return fmt.Errorf("invalid server address %q: %w", address, err)
	}
	return nil
}

// checkPort returns an error for a port that cannot be. The name of a service,
// such as "smtp", is a port too.
func checkPort(port string) error {
	if port == "" {
		return errors.New("missing port in address")
	}
	n, err := strconv.Atoi(port)
	if err == nil && (n < 1 || n > 65535) {
		return errors.New("invalid port")
	}
	return nil
}

// argumentError returns the error for a server that check refuses.
func (s *Server) argumentError(err error) *Error {
	return &Error{Stage: StageConnect, Server: s.name(), Kind: KindInvalidArgument, Err: err}
}
