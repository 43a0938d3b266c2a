package wire

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"mailpipe/internal/testservers"
)

// issue makes a certificate for mail.example.org. See testservers.Issue.
func issue(issuer *tls.Certificate, change func(*x509.Certificate)) tls.Certificate {
	return testservers.Issue(issuer, func(c *x509.Certificate) {
		c.Subject.CommonName, c.DNSNames, c.IPAddresses = "mail", []string{"mail.example.org"}, nil
		if change != nil {
			change(c)
		}
	})
}

// authority changes a template to that of a certificate authority.
func authority(name string) func(*x509.Certificate) {
	return func(c *x509.Certificate) {
		testservers.Authority(c)
		c.Subject.CommonName = name
	}
}

// A relay is an SMTP server that records what it read without TLS and with it.
type relay struct {
	t        testing.TB
	config   *tls.Config
	implicit bool
	before   string // lines of its reply to EHLO without TLS
	after    string // and with TLS
	starttls string // its reply to STARTTLS with the line ending; empty: 220 and a handshake

	mu      sync.Mutex
	clear   bytes.Buffer // all that was read from the connection, including TLS records
	secured bytes.Buffer // what TLS decrypted
	done    chan struct{}
}

// dial connects over loopback. A pipe has no buffer, so an alert would block
// while the server writes.
func (r *relay) dial(ctx context.Context) (net.Conn, error) {
	client, server, err := loopback(ctx)
	if err != nil {
		return nil, err
	}
	r.done = make(chan struct{})
	go func() {
		defer close(r.done)
		defer server.Close()
		r.serve(server)
	}()
	return client, nil
}

// A tap copies what is read.
type tap struct {
	net.Conn
	mu   *sync.Mutex
	into *bytes.Buffer
}

func (c tap) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.into.Write(p[:n])
	return n, err
}

func (r *relay) serve(raw net.Conn) {
	conn := net.Conn(tap{raw, &r.mu, &r.clear})
	secure := func() bool {
		secured := tls.Server(conn, r.config)
		conn = tap{secured, &r.mu, &r.secured}
		return secured.Handshake() == nil
	}
	if r.implicit && !secure() {
		return
	}
	in := bufio.NewReader(conn)
	offers := r.before
	if r.implicit {
		offers = r.after
	}
	io.WriteString(conn, "220 hi\r\n")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		switch verb := strings.ToUpper(strings.TrimSpace(line)); {
		case strings.HasPrefix(verb, "EHLO"):
			fmt.Fprintf(conn, "250-relay\r\n%s250 HELP\r\n", offers)
		case verb == "STARTTLS" && r.starttls != "":
			io.WriteString(conn, r.starttls)
			if !strings.HasPrefix(r.starttls, "220") {
				continue
			}
			io.Copy(io.Discard, conn)
			return
		case verb == "STARTTLS":
			io.WriteString(conn, "220 go\r\n")
			if !secure() {
				return
			}
			in, offers = bufio.NewReader(conn), r.after
		case strings.HasPrefix(verb, "AUTH"):
			io.WriteString(conn, "235 in\r\n")
		case verb == "QUIT":
			io.WriteString(conn, "221 bye\r\n")
			return
		default:
			io.WriteString(conn, "250 ok\r\n")
		}
	}
}

// leaked returns what the server read although the certificate was rejected:
// anything except EHLO, STARTTLS and TLS records.
func (r *relay) leaked() string {
	<-r.done
	r.mu.Lock()
	defer r.mu.Unlock()
	rest := r.clear.Bytes()
	if !r.implicit {
		rest = bytes.TrimPrefix(rest, []byte("EHLO me\r\nSTARTTLS\r\n"))
	}
	for len(rest) >= 5 && rest[0] >= 20 && rest[0] <= 23 && rest[1] == 3 { // RFC 8446 §5.1
		rest = rest[min(len(rest), 5+int(rest[3])<<8+int(rest[4])):]
	}
	return string(rest) + r.secured.String()
}

// trusted returns a certificate for mail.example.org and the roots that verify
// it.
func trusted(t testing.TB) (tls.Certificate, *x509.CertPool) {
	root := issue(nil, authority("Test Root"))
	roots := x509.NewCertPool()
	roots.AddCert(root.Leaf)
	return issue(&root, nil), roots
}
