package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/pem"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// files are the names of the files that are attached and sent.
type files struct {
	large, medium string // to attach: octets that do not compress
	largeMB       int64
	crlf, lf      string // the message with large, with each line ending
	mediumMail    string // the message with medium, with CRLF
	text, mail    string // a line of text, and a small message with it
	password, ca  string
}

// makeSmallFiles makes the small files.
func (b *bench) makeSmallFiles() error {
	b.text, b.mail = b.path("small.txt"), b.path("small.eml")
	b.password, b.ca = b.path("password"), b.path("ca.pem")
	_, ca := certificate()
	for name, text := range map[string]string{
		b.text:     "Hello.\n",
		b.mail:     "From: " + from + "\nTo: " + to + "\nSubject: small\n\nHello.\n",
		b.password: "sesame\n",
		b.ca:       string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.Raw})),
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// makeLargeFiles makes the others. The medium file has an eighth of largeMB.
func (b *bench) makeLargeFiles() error {
	b.large, b.medium = b.path("large.bin"), b.path("medium.bin")
	b.crlf, b.lf, b.mediumMail = b.path("crlf.eml"), b.path("lf.eml"), b.path("medium.eml")
	for name, size := range map[string]int64{b.large: b.largeMB << 20, b.medium: b.largeMB << 17} {
		if err := random(name, size); err != nil {
			return err
		}
	}
	for name, command := range map[string][]string{
		b.crlf:       b.compose(b.large, "--crlf"),
		b.lf:         b.compose(b.large),
		b.mediumMail: b.compose(b.medium, "--crlf"),
	} {
		if _, _, err := (job{commands: [][]string{command}, stdout: name}).run(); err != nil {
			return err
		}
	}
	return b.flushDisk() // otherwise the system writes to the disk while the first rows run
}

func (b *bench) path(name string) string { return filepath.Join(b.dir, name) }

// compose returns a command that composes the same message each time.
func (b *bench) compose(args ...string) []string {
	return append([]string{b.mailpipe, "compose", "-f", from, "-t", to, "-s", "benchmark", "--body", "See below.",
		"--date", "2026-01-02T03:04:05Z", "--message-id", "1@example.org", "--boundary", "b"}, args...)
}

// random fills a file with random octets, which are the same each time.
func random(name string, size int64) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.CopyN(f, rand.NewChaCha8([32]byte{}), size)
	return err
}

// same returns a check that a mail has the octets of a file.
func same(name string) (func(received) error, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	hash := sha256.New()
	size, err := io.Copy(hash, f)
	return func(r received) error {
		if r.Size != size || !bytes.Equal(r.Sum[:], hash.Sum(nil)) {
			return fmt.Errorf("%d octets arrived that are not the %d octets of %s", r.Size, size, name)
		}
		return nil
	}, err
}

// makeSparse makes a file of zeros that takes no space.
func makeSparse(name string, size int64) error {
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		return err
	}
	return os.Truncate(name, size)
}
