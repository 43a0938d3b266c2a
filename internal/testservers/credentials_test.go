//go:build linux

package testservers

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"
)

// What the servers of these tests do with certain addresses and mails.
const (
	Domain     = "example.org"      // all its addresses have a mailbox, except the next two
	Gone       = "gone@example.org" // 550 to RCPT
	Busy       = "busy@example.org" // 450 to RCPT
	BadSender  = "spam@example.net" // refused as a sender
	LateSender = "late@example.net" // refused as a sender after the dot
	SizeMax    = 40 << 20           // the largest mail, in octets

	User, Password = "alice", "Sésame, ouvre-toi"
)

// Certificates are the PEM files of a server for localhost and 127.0.0.1, and of
// a client.
type Certificate struct {
	CA, Cert, Key         string
	ClientCert, ClientKey string // of User, issued by the same authority
	Fingerprint           string // SHA-256 of Cert
}

// NewCertificate writes certificates to files in a directory. The servers must be
// able to read the keys after they gave up root.
func NewCertificate(t testing.TB, dir string) Certificate {
	t.Helper()
	write := func(name string, text []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	pair := func(name string, c tls.Certificate) (certFile, keyFile string) {
		cert, key := PEM(c)
		return write(name+".pem", cert), write(name+".key", key)
	}
	ca := Issue(nil, Authority)
	server := Issue(&ca, nil)
	client := Issue(&ca, func(c *x509.Certificate) {
		c.Subject.CommonName, c.DNSNames, c.IPAddresses = User, nil, nil
		c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	})
	sum := sha256.Sum256(server.Certificate[0])
	c := Certificate{Fingerprint: hex.EncodeToString(sum[:])}
	c.CA, _ = pair("ca", ca)
	c.Cert, c.Key = pair("server", server)
	c.ClientCert, c.ClientKey = pair("client", client)
	return c
}
