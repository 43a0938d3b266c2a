package sink

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"context"
)

func TestMaildir(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "Mail")
	addr, served := start(t, Options{Dir: dir, Count: 2})
	play(t, connect(t, addr), oneMail)
	play(t, connect(t, addr), `
		(hello)
		C: MAIL FROM:<> BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=x
		S: 250 .*
		C: RCPT TO:<"o'b b"@example.org> NOTIFY=NEVER
		S: 250 .*
		C: RCPT TO:<zoé@example.org>
		S: 250 .*
		(data)
		C: Subject: été
		C:
		C: .
		S: 250 .*
		(quit)`)
	if err := <-served; err != nil {
		t.Fatal(err)
	}
	mails := stored(t, dir)
	want := []string{
		"Return-Path: <>\nDelivered-To: \"o'b b\"@example.org\nDelivered-To: zoé@example.org\nSubject: été\n\n",
		"Return-Path: <alice@example.org>\nDelivered-To: bob@example.org\nSubject: x\n\nBonjour\n.\nFrom moi\n",
	}
	if len(mails) != 2 || mails[0] != want[0] || mails[1] != want[1] {
		t.Errorf("%q were stored, want %q", mails, want)
	}
	for _, sub := range []string{"tmp", "cur"} {
		entries, err := os.ReadDir(filepath.Join(dir, sub))
		if err != nil || len(entries) != 0 {
			t.Errorf("%s contains %v, %v", sub, entries, err)
		}
	}
}

func TestMbox(t *testing.T) {
	var mbox bytes.Buffer
	addr, served := start(t, Options{Mbox: &mbox, Count: 2})
	play(t, connect(t, addr), oneMail)
	play(t, connect(t, addr), `
		(hello)
		C: MAIL FROM:<>
		S: 250 .*
		(rcpt)
		C: BDAT 8 LAST
		C: A: b
		C:
		S: 250 .*
		(quit)`)
	if err := <-served; err != nil {
		t.Fatal(err)
	}
	date := regexp.MustCompile(`(?m)^(From \S+ )[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}$`)
	got := date.ReplaceAllString(mbox.String(), "${1}DATE")
	const want = `From alice@example.org DATE
Return-Path: <alice@example.org>
Delivered-To: bob@example.org
Subject: x

Bonjour
.
>From moi

From MAILER-DAEMON DATE
Return-Path: <>
Delivered-To: bob@example.org
A: b


`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// A mail that was cut off is not stored and does not count.
func TestCutOffIsNotStored(t *testing.T) {
	var mbox bytes.Buffer
	for _, opt := range []Options{{Dir: t.TempDir()}, {Mbox: &mbox}} {
		opt.Count = 1
		addr, served := start(t, opt)
		for _, half := range []string{`
			(data)
			C: Subject: half`, `
			C: BDAT 5
			C: half`, `
			C: BDAT 100 LAST
			C: half`, `
			C: BDAT 5
			C: hal
			S: 250 .*
			C: RSET
			S: 250 .*`,
		} {
			c := connect(t, addr)
			play(t, c, `
				(hello)
				C: MAIL FROM:<half@example.org>
				S: 250 .*
				(rcpt)
				`+half)
			c.Close()
		}
		play(t, connect(t, addr), oneMail)
		if err := <-served; err != nil {
			t.Fatal(err)
		}
		if opt.Dir == "" {
			if s := mbox.String(); strings.Count(s, "Return-Path:") != 1 || strings.Contains(s, "half") {
				t.Errorf("the mbox contains half a mail: %q", s)
			}
			continue
		}
		if mails := stored(t, opt.Dir); len(mails) != 1 || strings.Contains(mails[0], "half") {
			t.Errorf("%q were stored", mails)
		}
		if entries, _ := os.ReadDir(filepath.Join(opt.Dir, "tmp")); len(entries) != 0 {
			t.Errorf("tmp contains %v", entries)
		}
	}
}

func TestChunking(t *testing.T) {
	dir := t.TempDir()
	addr, _ := start(t, Options{Dir: dir})
	play(t, connect(t, addr), `
		(hello)(mail)(rcpt)
		C: BDAT 6
		C: A: b
		S: 250 .*
		C: BDAT 7 LAST
		C:
		C: ..x
		S: 250 .*`)
	if mails := stored(t, dir); len(mails) != 1 || !strings.HasSuffix(mails[0], "\nA: b\n\n..x\n") {
		t.Errorf("%q were stored", mails)
	}
}

func TestMaildirIsRemoved(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "Mail")
	addr, _ := start(t, Options{Dir: dir})
	c := connect(t, addr)
	play(t, c, "(hello)")
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	play(t, c, `
		(mail)(rcpt)(data)
		C: .
		S: 451 4.3.0 cannot store the mail: .*no such file.*
		C: NOOP
		S: 250 .*`)
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestMboxIsNotWritable(t *testing.T) {
	addr, served := start(t, Options{Mbox: brokenWriter{}})
	play(t, connect(t, addr), `
		(hello)(mail)(rcpt)(data)
		C: .
		S: 451 4.3.0 cannot store the mail: .*
		(quit)`)
	err := <-served
	if !errors.Is(err, io.ErrClosedPipe) || !strings.HasPrefix(err.Error(), "cannot write the mbox: ") {
		t.Error(err)
	}
}

// A stuckWriter blocks until release is closed.
type stuckWriter struct{ blocks, release chan struct{} }

func (s *stuckWriter) Write([]byte) (int, error) {
	close(s.blocks)
	<-s.release
	return 0, os.ErrClosed
}

// Serve ends although the mbox blocks.
func TestEndWhileMboxBlocks(t *testing.T) {
	l := listen(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	mbox := &stuckWriter{make(chan struct{}), make(chan struct{})}
	defer close(mbox.release)
	served := make(chan error, 1)
	go func() { served <- Serve(ctx, l, Options{Mbox: mbox}) }()
	c := connect(t, l.Addr().String())
	play(t, c, `
		(hello)(mail)(rcpt)(data)
		C: .`)
	<-mbox.blocks
	cancel()
	select {
	case err := <-served:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(time.Minute):
		t.Error("Serve waits for the mbox")
	}
}

// A pieceReader reads s in pieces of the given size, or of random sizes for 0.
type pieceReader struct {
	s    string
	size int
}

func (r *pieceReader) Read(p []byte) (int, error) {
	if r.s == "" {
		return 0, io.EOF
	}
	n := r.size
	if n == 0 {
		n = 1 + rand.IntN(7)
	}
	n = copy(p[:min(n, len(p))], r.s)
	r.s = r.s[n:]
	return n, nil
}

var fromLine = regexp.MustCompile(`(?m)^(>*From )`)

// checkLines compares copyLines with two replacements.
func checkLines(t *testing.T, s string) {
	t.Helper()
	for _, quote := range []bool{false, true} {
		want := strings.ReplaceAll(s, "\r\n", "\n")
		if quote {
			want = fromLine.ReplaceAllString(want, ">$1")
		}
		complete := want == "" || strings.HasSuffix(want, "\n")
		for _, size := range []int{1, 2, 3, 1 << 20, 0} {
			var got bytes.Buffer
			ok, err := copyLines(bufio.NewWriter(&got), &pieceReader{s, size}, quote)
			if got.String() != want || ok != complete || err != nil {
				t.Errorf("%.40q by %d, quoted %t: %.40q %t, want %.40q %t; %v", s, size, quote, &got, ok, want, complete, err)
			}
		}
	}
}

func TestCopyLines(t *testing.T) {
	long := strings.Repeat("x", 64<<10)
	for _, s := range []string{
		"", "\r", "\r\r\n", "a\r\nb", "\r\n\r\n", "a\rb\n", "x\r", "From", "From ",
		"From x\r\nFrom y\r\n>From z\r\n>>From\r\n From a\r\nfrom b\r\n",
		">", ">>", "\nFrom \n", "FromFrom \n>F\n",
		// A line that is as long as the buffer, and around that.
		long + "\r\nFrom x\r\n", long[1:] + "\r\nFrom x\r\n", long[2:] + "\r\nFrom x\r\n", long[1:] + "\rFrom x\r\n",
		long + "From x\r\n", long + long[1:] + "\r\n",
	} {
		checkLines(t, s)
	}
	failing := io.MultiReader(strings.NewReader("a"), iotest.ErrReader(io.ErrNoProgress))
	if _, err := copyLines(bufio.NewWriter(io.Discard), failing, true); err != io.ErrNoProgress {
		t.Errorf("got %v, want %v", err, io.ErrNoProgress)
	}
}

func FuzzLines(f *testing.F) {
	f.Add("From x\r\n>From y\r\n\r\r\n.")
	f.Add(">>>F\nFrom")
	f.Fuzz(checkLines)
}
