package config

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"os"
	"path/filepath"
)

// TLSConfig reads the files of --tls-ca, --tls-cert and --tls-key. A file that
// cannot be read is an *fs.PathError; nil: none was named.
func (s *Settings) TLSConfig() (*tls.Config, error) {
	ca, hasCA := s.values["tls_ca"]
	cert, hasCert := s.values["tls_cert"]
	if !hasCA && !hasCert {
		return nil, nil
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if hasCA {
		c.RootCAs = x509.NewCertPool()
		if found, err := addRoots(c.RootCAs, ca.one()); err != nil {
			return nil, err
		} else if !found {
			return nil, s.wrong("no certificate (PEM) is in "+quote(ca.one()), "tls_ca")
		}
	}
	if hasCert {
		key := cert // one file may hold both
		if v, ok := s.values["tls_key"]; ok {
			key = v
		}
		certPEM, err := os.ReadFile(cert.one())
		if err != nil {
			return nil, err
		}
		keyPEM, err := os.ReadFile(key.one())
		if err != nil {
			return nil, err
		}
		pair, err := tls.X509KeyPair(certPEM, keyPEM)
		switch {
		case err != nil && encrypted(keyPEM):
			return nil, s.wrong("the key in "+quote(key.one())+" is encrypted, and nobody is asked for its password: "+
				"openssl pkey -in FILE -out NEWFILE writes it without", "tls_cert")
		case err != nil:
			return nil, s.wrong("the certificate and its key cannot be used: "+err.Error(), "tls_cert")
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}

// encrypted tells whether a key wants a password (RFC 7468 §11, and before it RFC 1421).
func encrypted(key []byte) bool {
	return bytes.Contains(key, []byte("BEGIN ENCRYPTED PRIVATE KEY")) || bytes.Contains(key, []byte("Proc-Type: 4,ENCRYPTED"))
}

// addRoots adds the certificates of a PEM file, or of the files in a folder;
// there what is no certificate is passed over.
func addRoots(pool *x509.CertPool, name string) (found bool, err error) {
	info, err := os.Stat(name)
	if err != nil {
		return false, err
	}
	files := []string{name}
	if info.IsDir() {
		if files, err = filesIn(name); err != nil {
			return false, err
		}
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil && !info.IsDir() {
			return false, err
		}
		if err == nil && pool.AppendCertsFromPEM(text) {
			found = true
		}
	}
	return found, nil
}

// filesIn names the regular files of a folder, links followed.
func filesIn(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	var files []string
	for _, entry := range entries {
		name := filepath.Join(folder, entry.Name())
		if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
			files = append(files, name)
		}
	}
	return files, err
}
