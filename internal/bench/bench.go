package main

import (
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"mime"
	"mime/multipart"
	netmail "net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// sizes of the files, in octets, and how long the rest takes.
type sizes struct {
	attachment, message, form, text int64
	benchtime                       string // of the packages
}

// setup is what all rows share.
type setup struct {
	dir        string
	mailpipe   string // the program, of a plain `go build`
	empty      string // a program that does nothing
	copier     string // this program
	ca, secret string
	sink       *sink
	count      *sink // keeps nothing: for streams larger than the arena
	runs       int   // of a pair in a round
	rounds     int
	only       string
	sizes      sizes

	file, form     string // to attach
	crlf, lf, text string // a message with either line end; a text
	certificate    tls.Certificate
}

const (
	from = "alice@example.org"
	to   = "bob@example.org"
)

func newBench(dir string, quick bool) (*setup, error) {
	b := &setup{dir: dir, sizes: sizes{256 << 20, 350 << 20, 32 << 20, 100 << 20, "0.5s"}}
	if quick {
		b.sizes = sizes{8 << 20, 11 << 20, 1 << 20, 3 << 20, "1x"}
	}
	var err error
	if b.mailpipe, err = build(dir, "mailpipe", "mailpipe"); err != nil {
		return nil, err
	}
	nothing := filepath.Join(dir, "empty.go")
	if err := os.WriteFile(nothing, []byte("package main\n\nfunc main() {}\n"), 0o600); err != nil {
		return nil, err
	}
	if b.empty, err = build(dir, "empty", nothing); err != nil {
		return nil, err
	}
	if b.copier, err = os.Executable(); err != nil {
		return nil, err
	}
	if b.certificate, b.ca, err = newCertificate(dir); err != nil {
		return nil, err
	}
	// Every page of the arena is touched before a clock runs.
	arena := make([]byte, b.sizes.message*3/2)
	for i := 0; i < len(arena); i += 4096 {
		arena[i] = 1
	}
	if b.sink, err = newSink(b.certificate, arena); err != nil {
		return nil, err
	}
	if b.count, err = newSink(b.certificate, nil); err != nil {
		return nil, err
	}
	if err := b.files(); err != nil {
		return nil, err
	}
	syscall.Sync() // else the system writes them to the disk while the first rows run
	return b, nil
}

// files makes what is attached and sent.
func (b *setup) files() error {
	b.file, b.form = filepath.Join(b.dir, "large.bin"), filepath.Join(b.dir, "form.bin")
	if err := errors.Join(random(b.file, b.sizes.attachment), random(b.form, b.sizes.form)); err != nil {
		return err
	}
	b.secret = filepath.Join(b.dir, "secret")
	if err := os.WriteFile(b.secret, []byte("sesame\n"), 0o600); err != nil {
		return err
	}
	b.text = filepath.Join(b.dir, "text")
	if err := prose(b.text, b.sizes.text); err != nil {
		return err
	}
	// The message is as large with its base64 as the row asks for.
	inner := filepath.Join(b.dir, "inner.bin")
	if err := random(inner, b.sizes.message*57/78); err != nil {
		return err
	}
	b.crlf, b.lf = filepath.Join(b.dir, "crlf.eml"), filepath.Join(b.dir, "lf.eml")
	for path, more := range map[string][]string{b.crlf: {"--crlf"}, b.lf: nil} {
		args := append([]string{b.mailpipe}, composeArgs(inner)...)
		if _, err := (job{Commands: [][]string{append(args, more...)}, Stdout: path}).run(); err != nil {
			return err
		}
	}
	return b.readBack(inner)
}

// same returns a check that a mail is the message in a file.
func same(path string) (func(mail) error, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	size, sum := int64(len(data)), sha256.Sum256(data)
	return func(m mail) error {
		if m.size != size || m.sum != sum {
			return fmt.Errorf("%d octets arrived that are not the %d that were sent", m.size, size)
		}
		return nil
	}, nil
}

// composed returns a check that a mail is what compose makes of a file.
func (b *setup) composed(file string) (func(mail) error, error) {
	path := filepath.Join(b.dir, "composed.eml")
	defer os.Remove(path)
	words := append(append([]string{b.mailpipe}, composeArgs(file)...), "--crlf")
	if _, err := (job{Commands: [][]string{words}, Stdout: path}).run(); err != nil {
		return nil, err
	}
	return same(path)
}

// composeArgs compose a message that is the same every time.
func composeArgs(files ...string) []string {
	return append([]string{"compose", "-f", from, "-t", to, "-s", "benchmark", "--body", "A large one.",
		"--date", "2026-01-02T03:04:05Z", "--message-id", "1@example.org", "--boundary", "b"}, files...)
}

// readBack takes the composed message apart with the standard library and
// compares the attachment, once, before anything is measured.
func (b *setup) readBack(file string) error {
	f, err := os.Open(b.lf)
	if err != nil {
		return err
	}
	defer f.Close()
	m, err := netmail.ReadMessage(f)
	if err != nil {
		return err
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		return err
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	got, want := sha256.New(), sha256.New()
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if part.FileName() == filepath.Base(file) {
			if _, err := io.Copy(got, base64.NewDecoder(base64.StdEncoding, part)); err != nil {
				return err
			}
		}
	}
	original, err := os.Open(file)
	if err != nil {
		return err
	}
	defer original.Close()
	if _, err := io.Copy(want, original); err != nil {
		return err
	}
	if string(got.Sum(nil)) != string(want.Sum(nil)) {
		return errors.New("what compose wrote does not decode to the file")
	}
	return nil
}

// random fills a file with octets that no encoder can make short.
func random(path string, size int64) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.CopyN(f, rand.NewChaCha8([32]byte{1}), size)
	return err
}

// prose fills a file with a text that goes as quoted-printable.
func prose(path string, size int64) error {
	line := "Le cœur a ses raisons que la raison ne connaît point; on le sait en mille choses.\n"
	return os.WriteFile(path, []byte(strings.Repeat(line, int(size)/len(line))), 0o600)
}

// have tells which of the programs are not installed.
func have(programs ...string) error {
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			return fmt.Errorf("%s is not installed", p)
		}
	}
	return nil
}
