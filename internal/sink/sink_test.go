package sink

import (
	"bufio"
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func connect(t *testing.T, addr string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// start serves until the test ends. The channel gets the result of Serve.
func start(t *testing.T, opt Options) (addr string, served <-chan error) {
	t.Helper()
	l := listen(t)
	ctx, cancel := context.WithCancel(context.Background())
	result := make(chan error, 1)
	ended := make(chan struct{})
	go func() {
		result <- Serve(ctx, l, opt)
		close(ended)
	}()
	t.Cleanup(func() { cancel(); <-ended })
	return l.Addr().String(), result
}

// lines are names for parts of dialogues.
var lines = strings.NewReplacer(
	"(hello)", `
		S: 220 sink.localhost ESMTP.*
		C: EHLO client.example
		S: 250-sink.localhost
		S: 250-PIPELINING
		S: 250-8BITMIME
		S: 250-SMTPUTF8
		S: 250-ENHANCEDSTATUSCODES
		S: 250-DSN
		S: 250-CHUNKING
		S: 250 SIZE`,
	"(mail)", `
		C: MAIL FROM:<alice@example.org>
		S: 250 .*`,
	"(rcpt)", `
		C: RCPT TO:<bob@example.org>
		S: 250 .*`,
	"(data)", `
		C: DATA
		S: 354 .*`,
	"(quit)", `
		C: QUIT
		S: 221 .*
		closed`,
)

// oneMail is a dialogue that delivers a mail.
const oneMail = `
	(hello)
	(mail)
	(rcpt)
	(data)
	C: Subject: x
	C:
	C: Bonjour
	C: ..
	C: From moi
	C: .
	S: 250 .*
	(quit)`

// play plays the client of a dialogue. It sends the lines that begin with "C: ".
// The server must send what those that begin with "S: " match, and close the
// connection at "closed". A word in parentheses stands for more lines.
func play(t *testing.T, c net.Conn, dialogue string) {
	t.Helper()
	c.SetDeadline(time.Now().Add(10 * time.Second))
	r := bufio.NewReader(c)
	for line := range strings.Lines(lines.Replace(dialogue)) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		side, text, _ := strings.Cut(line, " ")
		switch side {
		case "C:":
			if _, err := io.WriteString(c, text+"\r\n"); err != nil {
				t.Fatalf("%s: %v", line, err)
			}
		case "S:":
			got, err := r.ReadString('\n')
			if err != nil {
				t.Fatalf("%s: got %q, %v", line, got, err)
			}
			if !regexp.MustCompile(`^(?:` + text + `)\r\n$`).MatchString(got) {
				t.Fatalf("%s: got %q", line, got)
			}
		case "closed":
			if got, err := r.ReadString('\n'); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
				t.Fatalf("not closed: got %q, %v", got, err)
			}
		default:
			t.Fatalf("unknown line: %s", line)
		}
	}
}

// stored returns the mails in the directory new of a Maildir, sorted.
func stored(t *testing.T, dir string) []string {
	t.Helper()
	var mails []string
	names, err := filepath.Glob(filepath.Join(dir, "new", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		mails = append(mails, string(b))
	}
	slices.Sort(mails)
	return mails
}

func TestCountEndsOthers(t *testing.T) {
	addr, served := start(t, Options{Count: 1})
	other := connect(t, addr)
	play(t, other, "(hello)(mail)(rcpt)(data)")
	play(t, connect(t, addr), oneMail)
	play(t, other, `
		C: .
		S: 421 4.3.2 .*
		closed`)
	if err := <-served; err != nil {
		t.Error(err)
	}
	if c, err := net.Dial("tcp", addr); err == nil {
		c.Close()
		t.Error("the sink still listens")
	}
}

func TestContextEnds(t *testing.T) {
	l := listen(t)
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error)
	go func() { served <- Serve(ctx, l, Options{}) }()
	c := connect(t, l.Addr().String())
	play(t, c, "(hello)")
	cancel()
	play(t, c, "closed")
	if err := <-served; err != nil {
		t.Error(err)
	}
}

func TestDial(t *testing.T) {
	dir := t.TempDir()
	for range 2 {
		c, err := Dial(context.Background(), Options{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		play(t, c, oneMail)
		c.Close()
	}
	if n := len(stored(t, dir)); n != 2 {
		t.Errorf("%d mails were stored, want 2", n)
	}
}

func TestInvalidOptions(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var path *fs.PathError
	if _, err := Dial(context.Background(), Options{Dir: file}); !errors.As(err, &path) {
		t.Errorf("a file in place of a Maildir: %v", err)
	}
}
