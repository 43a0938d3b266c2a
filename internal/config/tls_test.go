package config

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// certificate makes a certificate and its key, as PEM.
func certificate(t *testing.T) (cert *x509.Certificate, certPEM, keyPEM []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	if cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})
}

func TestTLSFiles(t *testing.T) {
	folder := t.TempDir()
	put := func(name string, parts ...[]byte) string {
		name = filepath.Join(folder, name)
		os.MkdirAll(filepath.Dir(name), 0o700)
		if err := os.WriteFile(name, bytes.Join(parts, nil), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	one, onePEM, oneKey := certificate(t)
	two, twoPEM, _ := certificate(t)
	both := put("both", []byte("words\n"), onePEM, twoPEM)
	put("in/one.pem", onePEM)
	put("in/README", []byte("nothing"))
	put("in/deeper/x.pem", twoPEM)
	if err := os.Symlink(put("two", twoPEM), filepath.Join(folder, "in", "0a1b2c3d.0")); err != nil {
		t.Fatal(err)
	}
	for _, ca := range []string{both, filepath.Join(folder, "in")} {
		s, err := Settle(flags("tls-ca="+ca), env(), Choice{})
		if err != nil {
			t.Fatal(err)
		}
		c, err := s.TLSConfig()
		if err != nil || len(c.Certificates) != 0 {
			t.Fatal(c, err)
		}
		want := x509.NewCertPool()
		want.AddCert(one)
		want.AddCert(two)
		if !c.RootCAs.Equal(want) {
			t.Errorf("%s: other certificates", ca)
		}
	}
	for _, given := range [][]string{
		{"tls-cert=" + put("cert", onePEM), "tls-key=" + put("key", oneKey)},
		{"tls-cert=" + put("pair", onePEM, oneKey)},
	} {
		s, err := Settle(flags(given...), env(), Choice{})
		if err != nil {
			t.Fatal(err)
		}
		c, err := s.TLSConfig()
		if err != nil || c.RootCAs != nil || len(c.Certificates) != 1 || !c.Certificates[0].Leaf.Equal(one) {
			t.Errorf("%v: %v %v", given, c, err)
		}
	}
	s, _ := Settle(flags(), env(), Choice{})
	if c, err := s.TLSConfig(); c != nil || err != nil {
		t.Error(c, err)
	}
	// A key that is another's.
	s, _ = Settle(flags("tls-cert="+put("cert", twoPEM), "tls-key="+put("key", oneKey)), env(), Choice{})
	if _, err := s.TLSConfig(); err == nil || !strings.HasPrefix(err.Error(), "--tls-cert: invalid certificate or key: ") {
		t.Error(err)
	}
}

func TestTLSFilesRefused(t *testing.T) {
	folder := t.TempDir()
	empty := filepath.Join(folder, "empty")
	os.WriteFile(empty, []byte("nothing\n"), 0o600)
	_, onePEM, _ := certificate(t)
	keys := t.TempDir()
	pkcs8 := filepath.Join(keys, "pkcs8")
	os.WriteFile(pkcs8, append(onePEM, "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n"...), 0o600)
	old := filepath.Join(keys, "old")
	os.WriteFile(old, append(onePEM, "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nMAA=\n-----END RSA PRIVATE KEY-----\n"...), 0o600)
	for _, test := range []struct {
		flags []string
		want  string
	}{
		{[]string{"tls-cert=" + pkcs8}, "--tls-cert: the key in \"" + pkcs8 + "\" is encrypted"},
		{[]string{"tls-cert=" + old, "tls-key=" + old}, "is encrypted"},
		{[]string{"tls-cert=" + folder}, "is a directory"},
		{[]string{"tls-ca=" + empty}, "--tls-ca: no PEM certificate in "},
		{[]string{"tls-ca=" + folder}, "--tls-ca: no PEM certificate in "},
		{[]string{"tls-ca=" + empty + "x"}, "no such file"},
		{[]string{"tls-cert=" + empty + "x"}, "no such file"},
		{[]string{"tls-cert=" + empty, "tls-key=" + empty + "x"}, "no such file"},
		{[]string{"tls-cert=" + empty}, "--tls-cert: invalid certificate or key: "},
	} {
		s, err := Settle(flags(test.flags...), env(), Choice{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.TLSConfig(); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v: got %v, want %s", test.flags, err, test.want)
		}
	}
}
