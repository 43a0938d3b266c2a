package sink

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// start serves with the options until the test ends. done gives Serve's error.
func start(t *testing.T, opt Options) (addr string, done <-chan error) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	stopped := make(chan struct{})
	go func() {
		ended <- Serve(ctx, l, opt)
		close(stopped)
	}()
	t.Cleanup(func() { cancel(); <-stopped })
	return l.Addr().String(), ended
}

// talk plays a dialogue: C: lines are sent, S: lines are patterns that the
// sink's lines must match, "C-" sends without waiting for its turn, "closed"
// wants the end of the connection.
func talk(t *testing.T, c net.Conn, dialogue string) {
	t.Helper()
	c.SetDeadline(time.Now().Add(10 * time.Second))
	r := bufio.NewReader(c)
	for line := range strings.Lines(strings.TrimLeft(dialogue, "\n")) {
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
			t.Fatalf("no such side: %s", line)
		}
	}
}

func call(t *testing.T, addr, dialogue string) {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	talk(t, c, dialogue)
}

const hello = `
S: 220 sink.localhost ESMTP.*
C: EHLO client.example
S: 250-Hello client.example
S: 250-PIPELINING
S: 250-8BITMIME
S: 250-ENHANCEDSTATUSCODES
S: 250-CHUNKING
S: 250-SMTPUTF8
S: 250-DSN
S: 250 SIZE
`

const oneMail = hello + `
C: MAIL FROM:<alice@example.org>
S: 250 .*
C: RCPT TO:<bob@example.org>
S: 250 .*
C: DATA
S: 354 .*
C: Subject: x
C:
C: Bonjour
C: ..
C: From moi
C: .
S: 250 .*
C: QUIT
S: 221 .*
closed
`

// kept returns the mails in the new folder of a Maildir.
func kept(t *testing.T, dir string) []string {
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
	return mails
}

func TestMaildir(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "Mail")
	addr, done := start(t, Options{Dir: dir, Count: 2})
	call(t, addr, oneMail)
	call(t, addr, hello+`
C: MAIL FROM:<> BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=x
S: 250 .*
C: RCPT TO:<"o'b b"@example.org> NOTIFY=NEVER
S: 250 .*
C: RCPT TO:<zoé@example.org>
S: 250 .*
C: DATA
S: 354 .*
C: Subject: été
C:
C: .
S: 250 .*
`)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	mails := kept(t, dir)
	want := []string{
		"Return-Path: <alice@example.org>\nDelivered-To: bob@example.org\nSubject: x\n\nBonjour\n.\nFrom moi\n",
		"Return-Path: <>\nDelivered-To: \"o'b b\"@example.org\nDelivered-To: zoé@example.org\nSubject: été\n\n",
	}
	if len(mails) != 2 || mails[0] != want[0] || mails[1] != want[1] {
		t.Errorf("kept %q, want %q", mails, want)
	}
	for _, sub := range []string{"tmp", "cur"} {
		if entries, err := os.ReadDir(filepath.Join(dir, sub)); err != nil || len(entries) != 0 {
			t.Errorf("%s holds %v, %v", sub, entries, err)
		}
	}
}

// O08: what was cut off does not count.
func TestCutOffIsNotKept(t *testing.T) {
	var mbox bytes.Buffer
	for _, opt := range []Options{{Dir: t.TempDir()}, {Mbox: &mbox}} {
		opt.Count = 1
		addr, done := start(t, opt)
		for _, half := range []string{
			"C: DATA\nS: 354 .*\nC: Subject: half",
			"C: BDAT 5\nC: Hallo\n",
			"C: BDAT 100 LAST\nC: Hallo\n",
			"C: BDAT 5\nC: Hal\nS: 250 .*\nC: RSET\nS: 250 .*",
		} {
			call(t, addr, hello+"C: MAIL FROM:<half@example.org>\nS: 250 .*\nC: RCPT TO:<b@example.org>\nS: 250 .*\n"+half)
		}
		call(t, addr, oneMail)
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if opt.Dir == "" {
			if s := mbox.String(); strings.Count(s, "Return-Path:") != 1 || strings.Contains(s, "half") {
				t.Errorf("the mbox holds half a mail: %q", s)
			}
			continue
		}
		if mails := kept(t, opt.Dir); len(mails) != 1 || strings.Contains(mails[0], "half") {
			t.Errorf("kept %q", mails)
		}
		if entries, _ := os.ReadDir(filepath.Join(opt.Dir, "tmp")); len(entries) != 0 {
			t.Errorf("tmp holds %v", entries)
		}
	}
}

func TestChunking(t *testing.T) {
	dir := t.TempDir()
	addr, _ := start(t, Options{Dir: dir})
	call(t, addr, hello+`
C: MAIL FROM:<a@example.org>
S: 250 .*
C: RCPT TO:<b@example.org>
S: 250 .*
C: BDAT 6
C: A: b
S: 250 .*
C: BDAT 7 LAST
C:
C: ..x
S: 250 .*
`)
	if mails := kept(t, dir); len(mails) != 1 || !strings.HasSuffix(mails[0], "\nA: b\n\n..x\n") {
		t.Errorf("kept %q", mails)
	}
}

func TestReply(t *testing.T) {
	const mail = "C: MAIL FROM:<a@example.org>\nS: 250 .*\n"
	const rcpt = mail + "C: RCPT TO:<b@example.org>\nS: 250 .*\n"
	const quit = "C: QUIT\nS: 221 .*\nclosed\n"
	for _, test := range []struct {
		stage    string
		code     int
		dialogue string
		kept     int
	}{
		{"greeting", 554, "S: 554 5.0.0 .*\nC: QUIT\nS: 221 .*\nclosed", 0},
		{"greeting", 421, "S: 421 4.0.0 .*\nclosed", 0},
		{"ehlo", 502, "S: 220 .*\nC: EHLO x\nS: 502 5.0.0 .*\nC: HELO x\nS: 250 .*\n" + rcpt + quit, 0},
		{"ehlo", 250, "S: 220 .*\nC: EHLO x\nS: 250 2.0.0 .*\n" + rcpt + quit, 0},
		{"mail", 550, hello + "C: MAIL FROM:<a@example.org>\nS: 550 5.0.0 .*\nC: RCPT TO:<b@example.org>\nS: 502 .*\n" + quit, 0},
		{"mail", 251, hello + "C: MAIL FROM:<a@example.org>\nS: 251 2.0.0 .*\nC: RCPT TO:<b@example.org>\nS: 250 .*\n" + quit, 0},
		{"rcpt", 451, hello + mail + "C: RCPT TO:<b@example.org>\nS: 451 4.0.0 .*\nC: DATA\nS: 502 .*\n" + quit, 0},
		{"rcpt", 252, hello + mail + "C: RCPT TO:<b@example.org>\nS: 252 2.0.0 .*\nC: DATA\nS: 354 .*\nC: .\nS: 250 .*\n" + quit, 1},
		{"rcpt", 421, hello + mail + "C: RCPT TO:<b@example.org>\nS: 421 4.0.0 .*\nclosed", 0},
		{"data", 554, hello + rcpt + "C: DATA\nS: 554 5.0.0 .*\nC: NOOP\nS: 250 .*\n" + rcpt + "C: DATA\nS: 554 .*\n" + quit, 0},
		{"data", 250, hello + rcpt + "C: DATA\nS: 250 2.0.0 .*\n" + quit, 0},
		{"data", 354, hello + rcpt + "C: DATA\nS: 354 .*\nC: .\nS: 250 .*\n" + quit, 1},
		{"data", 421, hello + rcpt + "C: DATA\nS: 421 4.0.0 .*\nclosed", 0},
		{"dot", 552, hello + rcpt + "C: DATA\nS: 354 .*\nC: x\nC: .\nS: 552 5.0.0 .*\n" + quit, 0},
		{"dot", 354, hello + rcpt + "C: DATA\nS: 354 .*\nC: x\nC: .\nS: 354 sink.*\n" + quit, 0},
		{"dot", 421, hello + rcpt + "C: BDAT 2 LAST\nC:\nS: 421 .*\nclosed", 0},
		{"quit", 451, hello + rcpt + "C: DATA\nS: 354 .*\nC: .\nS: 250 .*\nC: QUIT\nS: 451 4.0.0 .*\nclosed", 1},
	} {
		t.Run(test.stage, func(t *testing.T) {
			dir := t.TempDir()
			addr, _ := start(t, Options{Dir: dir, Reply: map[string]int{test.stage: test.code}})
			call(t, addr, test.dialogue)
			if n := len(kept(t, dir)); n != test.kept {
				t.Errorf("kept %d mails, want %d", n, test.kept)
			}
		})
	}
}

func TestPipelinedRefusalOfData(t *testing.T) {
	addr, _ := start(t, Options{Reply: map[string]int{"data": 451}})
	call(t, addr, hello+`
C: MAIL FROM:<a@example.org>
C: RCPT TO:<b@example.org>
C: DATA
S: 250 .*
S: 250 .*
S: 451 .*
C: RSET
C: QUIT
S: 250 .*
S: 221 .*
closed
`)
}

func TestCountEndsOthers(t *testing.T) {
	addr, done := start(t, Options{Count: 1})
	other, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	talk(t, other, hello+"C: MAIL FROM:<a@example.org>\nS: 250 .*\nC: RCPT TO:<b@example.org>\nS: 250 .*\nC: DATA\nS: 354 .*")
	call(t, addr, oneMail)
	talk(t, other, "C: .\nS: 421 4.3.2 .*\nclosed")
	if err := <-done; err != nil {
		t.Error(err)
	}
	if c, err := net.Dial("tcp", addr); err == nil {
		c.Close()
		t.Error("it still listens")
	}
}

func TestContextEnds(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- Serve(ctx, l, Options{}) }()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	talk(t, c, hello)
	cancel()
	talk(t, c, "closed")
	if err := <-done; err != nil {
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
		talk(t, c, oneMail)
		c.Close()
	}
	if n := len(kept(t, dir)); n != 2 {
		t.Errorf("kept %d mails, want 2", n)
	}
}

func TestWrongOptions(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var path *fs.PathError
	if _, err := Dial(context.Background(), Options{Dir: file}); !errors.As(err, &path) {
		t.Errorf("a file for a Maildir: %v", err)
	}
	for _, test := range []struct {
		reply map[string]int
		want  string
	}{
		{map[string]int{"rset": 500}, `no stage "rset": it is one of greeting, ehlo, mail, rcpt, data, dot, quit`},
		{map[string]int{"rcpt": 99}, "no reply code 99 for rcpt: it is one of 200 to 599"},
		{map[string]int{"rcpt": 600}, "no reply code 600 for rcpt: it is one of 200 to 599"},
	} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		if err := Serve(context.Background(), l, Options{Reply: test.reply}); err == nil || err.Error() != test.want {
			t.Errorf("%v: %v, want %s", test.reply, err, test.want)
		}
		if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("%v: the listener is open: %v", test.reply, err)
		}
	}
}

func TestMaildirThatVanished(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "Mail")
	addr, _ := start(t, Options{Dir: dir})
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	talk(t, c, hello)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	talk(t, c, "C: MAIL FROM:<a@example.org>\nS: 250 .*\nC: RCPT TO:<b@example.org>\nS: 250 .*\nC: DATA\nS: 354 .*\nC: .\nS: 451 4.3.0 the mail cannot be kept: .*no such file.*\nC: NOOP\nS: 250 .*")
}

// stuck is an mbox whose reader hangs, and is gone when it has hung for long.
type stuck struct {
	hangs chan struct{}
	over  atomic.Bool
}

const hang = time.Second

func (s *stuck) Write([]byte) (int, error) {
	close(s.hangs)
	time.Sleep(hang)
	s.over.Store(true)
	return 0, os.ErrClosed
}

// An mbox that hangs keeps no sink from ending, and what becomes of it then is
// not looked at: with -race that would be seen.
func TestEndWhileTheMboxHangs(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	mbox := &stuck{hangs: make(chan struct{})}
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, l, Options{Mbox: mbox}) }()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	mail, _, _ := strings.Cut(oneMail, "C: .\n")
	talk(t, c, mail)
	io.WriteString(c, ".\r\n")
	<-mbox.hangs
	cancel()
	if err := <-ended; err != nil || mbox.over.Load() {
		t.Errorf("%v; the mbox was waited for: %t", err, mbox.over.Load())
	}
	time.Sleep(hang + 100*time.Millisecond) // till it is over
}
