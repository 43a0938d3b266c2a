package config

import (
	"bytes"
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"mailpipe/wire"
)

// tlsPolicies are the values of the key tls.
var tlsPolicies = []string{
	wire.TLSRequired.String(),
	wire.TLSOpportunistic.String(),
	wire.TLSNone.String(),
}

// Security returns the TLS policy for a server.
func (s *Settings) Security(server ServerURL) wire.Security {
	if v := s.values["tls"]; v.layer != unset {
		return wire.Security(slices.Index(tlsPolicies, v.one()))
	}
	trusts := s.values["tls_ca"].layer != unset || len(s.Fingerprints) > 0
	switch {
	case server.Scheme == "sink":
		return wire.TLSNone
	case trusts:
		return wire.TLSRequired
	case server.Local():
		return wire.TLSNone
	case server.Scheme == "smtps", server.Scheme == "submission", s.User(server) != "", s.external():
		return wire.TLSRequired
	}
	return wire.TLSOpportunistic
}

// TLSConfig reads the files of --tls-ca, --tls-cert and --tls-key. It returns
// nil if none was given. A file that cannot be read is an *fs.PathError.
func (s *Settings) TLSConfig() (*tls.Config, error) {
	roots, err := s.roots()
	if err != nil {
		return nil, err
	}
	certificates, err := s.clientCertificate()
	if err != nil {
		return nil, err
	}
	if roots == nil && certificates == nil {
		return nil, nil
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots, Certificates: certificates}, nil
}

// maxPEM is the limit for a file of certificates or keys, in octets.
const maxPEM = 4 << 20

// roots returns the certificates to trust, or nil for those of the system.
func (s *Settings) roots() (*x509.CertPool, error) {
	name := s.values["tls_ca"].one()
	if name == "" {
		return nil, nil
	}
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	files := []string{name}
	if info.IsDir() {
		files, err = filesIn(name)
		if err != nil {
			return nil, err
		}
	}
	roots, found := x509.NewCertPool(), false
	var invalid error // why the first certificate that cannot be parsed is invalid
	for _, file := range files {
		text, err := s.readPEM("tls_ca", file, nil)
		if err != nil && !info.IsDir() { // in a directory, other files may be there
			return nil, err
		}
		found = roots.AppendCertsFromPEM(text) || found
		invalid = cmp.Or(invalid, checkCertificates(text))
	}
	if !found && invalid != nil {
		return nil, s.errorAt("tls_ca", "invalid certificate in "+quote(name)+": "+invalid.Error(), "")
	}
	if !found {
		return nil, s.errorAt("tls_ca", "no PEM certificate in "+quote(name), "")
	}
	return roots, nil
}

// checkCertificates returns the first error of the certificates in a PEM text.
func checkCertificates(text []byte) error {
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		if _, err := x509.ParseCertificate(block.Bytes); err != nil {
			return err
		}
	}
	return nil
}

// filesIn returns the names of the regular files of a directory. Symbolic links
// are followed.
func filesIn(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	var files []string
	for _, entry := range entries {
		name := filepath.Join(dir, entry.Name())
		info, err := os.Stat(name)
		if err == nil && info.Mode().IsRegular() {
			files = append(files, name)
		}
	}
	return files, err
}

// readPEM reads a file that a key names.
func (s *Settings) readPEM(key, name string, check func(string, fs.FileInfo) error) ([]byte, error) {
	f, err := readFile(name, maxPEM, check)
	if err != nil {
		return nil, err
	}
	if f.more {
		return nil, s.errorAt(key, quote(name)+" is too large: over 4 MiB", "")
	}
	return f.text, nil
}

// clientCertificate returns the certificate of the client, or nil. One file may
// contain the certificate and its key. No other user may write the key.
func (s *Settings) clientCertificate() ([]tls.Certificate, error) {
	certName := s.values["tls_cert"].one()
	if certName == "" {
		return nil, nil
	}
	setting := "tls_cert"
	if s.values["tls_key"].layer != unset {
		setting = "tls_key"
	}
	keyName := s.values[setting].one()
	cert, err := s.readPEM("tls_cert", certName, nil)
	if err != nil {
		return nil, err
	}
	key, err := s.readPEM(setting, keyName, checkTrusted)
	if err != nil {
		return nil, err
	}
	pair, err := tls.X509KeyPair(cert, key)
	switch {
	case err != nil && isEncrypted(key):
		return nil, s.errorAt("tls_cert", "the key in "+quote(keyName)+" is encrypted",
			"openssl pkey -in FILE -out NEWFILE writes it unencrypted")
	case err != nil:
		return nil, s.errorAt("tls_cert", "invalid certificate or key: "+err.Error(), "")
	}
	return []tls.Certificate{pair}, nil
}

// isEncrypted reports whether a key needs a password (RFC 7468 §11, RFC 1421).
func isEncrypted(key []byte) bool {
	return bytes.Contains(key, []byte("BEGIN ENCRYPTED PRIVATE KEY")) ||
		bytes.Contains(key, []byte("Proc-Type: 4,ENCRYPTED"))
}
