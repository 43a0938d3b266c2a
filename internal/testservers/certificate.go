package testservers

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Certificate is one for localhost and 127.0.0.1, signed by a CA of its own.
type Certificate struct {
	CA, Cert, Key         string // PEM files
	ClientCert, ClientKey string // of User, signed by the same CA
	Fingerprint           string // SHA-256 of Cert
}

// NewCertificate makes a certificate in dir.
func NewCertificate(t testing.TB, dir string) Certificate {
	t.Helper()
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "CA of the tests"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	caKey := newKey(t)
	leaf := *ca
	leaf.SerialNumber = big.NewInt(2)
	leaf.Subject.CommonName = "localhost"
	leaf.IsCA, leaf.BasicConstraintsValid = false, false
	leaf.KeyUsage = x509.KeyUsageDigitalSignature
	leaf.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	leaf.DNSNames, leaf.IPAddresses = []string{"localhost"}, []net.IP{net.IPv4(127, 0, 0, 1)}
	client := leaf
	client.SerialNumber = big.NewInt(3)
	client.Subject.CommonName = User
	client.DNSNames, client.IPAddresses = nil, nil

	var c Certificate
	c.CA = writePEM(t, dir, "ca.pem", "CERTIFICATE", sign(t, ca, ca, caKey, caKey))
	issue := func(template *x509.Certificate, name string) (der []byte, certFile, keyFile string) {
		key := newKey(t)
		keyDER, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		der = sign(t, template, ca, key, caKey)
		return der, writePEM(t, dir, name+".pem", "CERTIFICATE", der), writePEM(t, dir, name+".key", "PRIVATE KEY", keyDER)
	}
	var der []byte
	der, c.Cert, c.Key = issue(&leaf, "server")
	_, c.ClientCert, c.ClientKey = issue(&client, "client")
	sum := sha256.Sum256(der)
	c.Fingerprint = hex.EncodeToString(sum[:])
	return c
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func sign(t testing.TB, leaf, parent *x509.Certificate, key, parentKey *ecdsa.PrivateKey) []byte {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, leaf, parent, &key.PublicKey, parentKey)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// writePEM makes a file that servers may read after they gave up root: the
// key is worth nothing.
func writePEM(t testing.TB, dir, name, kind string, der []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}
