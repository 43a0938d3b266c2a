//go:build linux

package testservers

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
)

// certificates are the PEM files of a server for localhost and 127.0.0.1, and of a
// client. One authority issued both.
type certificates struct {
	ca                    string
	cert, key             string
	clientCert, clientKey string // of user
	fingerprint           string // SHA-256 of cert
}

// makeCertificates writes certificates to the sandbox. The servers may read the
// keys, which they do after they gave up root.
func (s *sandbox) makeCertificates() certificates {
	s.t.Helper()
	write := func(name string, c tls.Certificate) (certFile, keyFile string) {
		cert, key := PEM(c)
		return s.write(name+".pem", string(cert)), s.write(name+".key", string(key))
	}
	ca := Issue(nil, Authority)
	server := Issue(&ca, nil)
	client := Issue(&ca, func(c *x509.Certificate) {
		c.Subject.CommonName, c.DNSNames, c.IPAddresses = user, nil, nil
		c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	})
	sum := sha256.Sum256(server.Certificate[0])
	c := certificates{fingerprint: hex.EncodeToString(sum[:])}
	c.ca, _ = write("ca", ca)
	c.cert, c.key = write("server", server)
	c.clientCert, c.clientKey = write("client", client)
	return c
}
