package config

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mailpipe/internal/shell"
	"mailpipe/internal/testservers"
)

// certificate returns a new certificate and its key, as PEM.
func certificate() (cert *x509.Certificate, certPEM, keyPEM []byte) {
	c := testservers.Issue(nil, testservers.Authority)
	certPEM, keyPEM = testservers.PEM(c)
	return c.Leaf, certPEM, keyPEM
}

// writeIn writes a file in a directory and returns its name.
func writeIn(t *testing.T, dir, name string, parts ...[]byte) string {
	t.Helper()
	name = filepath.Join(dir, name)
	os.MkdirAll(filepath.Dir(name), 0o700)
	if err := os.WriteFile(name, bytes.Join(parts, nil), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// tlsConfig returns what TLSConfig returns with the given flags.
func tlsConfig(t *testing.T, given ...string) (*tls.Config, error) {
	t.Helper()
	s, err := Settle(flags(given...), env(), Choice{})
	if err != nil {
		t.Fatal(err)
	}
	return s.TLSConfig()
}

func TestRoots(t *testing.T) {
	dir := t.TempDir()
	one, onePEM, _ := certificate()
	two, twoPEM, _ := certificate()
	both := writeIn(t, dir, "both", []byte("words\n"), onePEM, twoPEM)
	// In a directory, other files are skipped, and so are directories.
	writeIn(t, dir, "in/one.pem", onePEM)
	writeIn(t, dir, "in/README", []byte("nothing"))
	writeIn(t, dir, "in/deeper/x.pem", twoPEM)
	if err := os.Symlink(writeIn(t, dir, "two", twoPEM), filepath.Join(dir, "in", "0a1b2c3d.0")); err != nil {
		t.Fatal(err)
	}
	want := x509.NewCertPool()
	want.AddCert(one)
	want.AddCert(two)
	for _, ca := range []string{both, filepath.Join(dir, "in")} {
		c, err := tlsConfig(t, "tls-ca="+ca)
		if err != nil || len(c.Certificates) != 0 {
			t.Fatalf("%s: %v %v", ca, c, err)
		}
		if !c.RootCAs.Equal(want) {
			t.Errorf("%s: the certificates differ", ca)
		}
	}
}

func TestClientCertificate(t *testing.T) {
	dir := t.TempDir()
	one, onePEM, oneKey := certificate()
	for _, given := range [][]string{
		{"tls-cert=" + writeIn(t, dir, "cert", onePEM), "tls-key=" + writeIn(t, dir, "key", oneKey)},
		{"tls-cert=" + writeIn(t, dir, "pair", onePEM, oneKey)},
	} {
		c, err := tlsConfig(t, given...)
		if err != nil || c.RootCAs != nil || len(c.Certificates) != 1 || !c.Certificates[0].Leaf.Equal(one) {
			t.Errorf("%v: %v %v", given, c, err)
		}
	}
	if c, err := tlsConfig(t); c != nil || err != nil {
		t.Errorf("without flags: %v %v", c, err)
	}
}

// As for the configuration, no other user may write the key.
func TestUntrustedKey(t *testing.T) {
	dir := t.TempDir()
	_, certPEM, keyPEM := certificate()
	cert := writeIn(t, dir, "cert", certPEM)
	key := writeIn(t, dir, "key", keyPEM)
	pair := writeIn(t, dir, "pair", certPEM, keyPEM)
	for _, given := range [][]string{{"tls-cert=" + cert, "tls-key=" + key}, {"tls-cert=" + pair}} {
		if _, err := tlsConfig(t, given...); err != nil {
			t.Fatalf("%v: %v", given, err)
		}
	}
	os.Chmod(cert, 0o666) // which is public
	os.Chmod(key, 0o606)
	os.Chmod(pair, 0o606)
	for _, tt := range []struct {
		flags []string
		name  string
	}{
		{[]string{"tls-cert=" + cert, "tls-key=" + key}, key},
		{[]string{"tls-cert=" + pair}, pair},
	} {
		_, err := tlsConfig(t, tt.flags...)
		var e *SettingError
		if !errors.As(err, &e) || err.Error() != tt.name+": can be written by other users (mode 0606)" {
			t.Errorf("%v: %v", tt.flags, err)
			continue
		}
		if !e.InFile() || e.Fix != "chmod go-w "+shell.File(tt.name) {
			t.Errorf("%v: InFile %v, fix %s", tt.flags, e.InFile(), e.Fix)
		}
	}
}

// A certificate that Go cannot parse is reported with Go's reason.
func TestUnparsableCertificate(t *testing.T) {
	_, good, key := certificate()
	block, _ := pem.Decode(good)
	version := []byte{0xA0, 3, 2, 1, 2, 2} // and the tag of the serial number after it
	serial := bytes.Index(block.Bytes, version) + len(version) + 1
	encode := func(der []byte) []byte {
		return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	}
	negative := bytes.Clone(block.Bytes)
	negative[serial] |= 0x80
	for _, c := range []struct {
		text   []byte
		reason string // empty means accepted
	}{
		{encode(negative), "x509: negative serial number"},
		{encode(block.Bytes[:len(block.Bytes)-1]), "x509: malformed certificate"},
		{encode(append(bytes.Clone(block.Bytes), 0)), "x509: trailing data"},
		{encode(nil), "x509: malformed certificate"},
		{append([]byte("the root of the office\n"), encode(negative)...), "x509: negative serial number"},
		{append(encode(negative), good...), ""}, // one that can be used is enough
	} {
		dir := t.TempDir()
		file := writeIn(t, dir, "ca.pem", c.text)
		for _, name := range []string{file, dir} {
			_, err := tlsConfig(t, "tls-ca="+name)
			want := "--tls-ca: invalid certificate in " + quote(name) + ": " + c.reason
			if (err == nil) != (c.reason == "") || err != nil && !strings.HasPrefix(err.Error(), want) {
				t.Errorf("%s: %v, want %s", name, err, want)
			}
		}
		if c.reason == "" {
			continue
		}
		_, err := tlsConfig(t, "tls-cert="+writeIn(t, t.TempDir(), "pair.pem", c.text, key))
		want := "--tls-cert: invalid certificate or key: " + c.reason
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func TestTLSFilesRefused(t *testing.T) {
	dir, keys := t.TempDir(), t.TempDir()
	_, onePEM, oneKey := certificate()
	_, twoPEM, _ := certificate()
	empty := writeIn(t, dir, "empty", []byte("nothing\n"))
	missing := empty + "x"
	const pkcs8Text = `-----BEGIN ENCRYPTED PRIVATE KEY-----
MAA=
-----END ENCRYPTED PRIVATE KEY-----
`
	const pkcs1Text = `-----BEGIN RSA PRIVATE KEY-----
Proc-Type: 4,ENCRYPTED
DEK-Info: AES-256-CBC,00

MAA=
-----END RSA PRIVATE KEY-----
`
	pkcs8 := writeIn(t, keys, "pkcs8", onePEM, []byte(pkcs8Text))
	pkcs1 := writeIn(t, keys, "pkcs1", onePEM, []byte(pkcs1Text))
	otherKey := []string{"tls-cert=" + writeIn(t, keys, "two", twoPEM), "tls-key=" + writeIn(t, keys, "key", oneKey)}
	for _, tt := range []struct {
		flags []string
		want  string
	}{
		{[]string{"tls-cert=" + pkcs8}, "--tls-cert: the key in \"" + pkcs8 + "\" is encrypted"},
		{[]string{"tls-cert=" + pkcs1, "tls-key=" + pkcs1}, "is encrypted"},
		{[]string{"tls-cert=" + dir}, "is a directory"},
		{[]string{"tls-ca=" + empty}, "--tls-ca: no PEM certificate in "},
		{[]string{"tls-ca=" + dir}, "--tls-ca: no PEM certificate in "},
		{[]string{"tls-ca=" + missing}, "no such file"},
		{[]string{"tls-ca=/dev/zero"}, `--tls-ca: "/dev/zero" is too large: over 4 MiB`},
		{[]string{"tls-cert=/dev/zero"}, `--tls-cert: "/dev/zero" is too large: over 4 MiB`},
		{[]string{"tls-cert=" + empty, "tls-key=/dev/zero"}, `--tls-key: "/dev/zero" is too large: over 4 MiB`},
		{[]string{"tls-cert=" + missing}, "no such file"},
		{[]string{"tls-cert=" + empty, "tls-key=" + missing}, "no such file"},
		{[]string{"tls-cert=" + empty}, "--tls-cert: invalid certificate or key: "},
		{otherKey, "--tls-cert: invalid certificate or key: "},
	} {
		if _, err := tlsConfig(t, tt.flags...); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v: got %v, want %s", tt.flags, err, tt.want)
		}
	}
}
