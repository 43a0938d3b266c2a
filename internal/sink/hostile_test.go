package sink

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// A client that ends lines with LF has its commands answered. In the content, LF . LF
// does not end the mail, and a note says why the client waits.
func TestBareLF(t *testing.T) {
	for _, end := range []string{"\n.\n", "\n.\r\n", "\r\n.\n"} {
		dir := t.TempDir()
		notes := make(chan string, 10)
		addr, _ := start(t, Options{Dir: dir, Note: func(text string) { notes <- text }})
		c := connect(t, addr)
		r := bufio.NewReader(c)
		talkLF := func(command, code string) {
			t.Helper()
			io.WriteString(c, command)
			for {
				line, err := r.ReadString('\n')
				if err != nil || !strings.HasPrefix(line, code) {
					t.Fatalf("%q: %q, %v", command, line, err)
				}
				if line[3] == ' ' {
					return
				}
			}
		}
		talkLF("", "220")
		talkLF("EHLO x\n", "250")
		talkLF("MAIL FROM:<a@example.org>\n", "250")
		talkLF("RCPT TO:<b@example.org>\n", "250")
		talkLF("DATA\n", "354")
		io.WriteString(c, "Subject: x\n\nhello"+end+"MAIL FROM:<evil@example.org>\n.\n")
		const want = "the client ends lines with LF; the end of data is CR LF . CR LF"
		if note := <-notes; note != want {
			t.Errorf("%q, want %q", note, want)
		}
		if mails := stored(t, dir); len(mails) > 0 {
			t.Errorf("%q were stored after %q", mails, end)
		}
		talkLF("\r\n.\r\n", "250")
		if mails := stored(t, dir); len(mails) != 1 || !strings.Contains(mails[0], "evil") {
			t.Errorf("%q were stored", mails)
		}
		if len(notes) > 0 {
			t.Errorf("a second note: %q", <-notes)
		}
	}
}

// A bare LF that is not next to a line of one dot is no reason for a note.
func TestNoNote(t *testing.T) {
	addr, _ := start(t, Options{Note: func(text string) { t.Error(text) }})
	c := connect(t, addr)
	play(t, c, "(hello)(mail)(rcpt)(data)")
	io.WriteString(c, "a\nb\r\n..\r\n.c\nx.\r\n")
	play(t, c, `
		C: .
		S: 250 .*
		(quit)`)
}

// EHLO or HELO comes first.
func TestNoHello(t *testing.T) {
	addr, _ := start(t, Options{})
	play(t, connect(t, addr), `
		S: 220 .*
		C: MAIL FROM:<alice@example.org>
		S: 503 5.5.1 EHLO or HELO is missing
		C: HELO
		S: 501 .*
		C: HELO x
		S: 250 .*
		(mail)(quit)`)
}

// endless writes 100 MB without a line ending.
func endless(c net.Conn) {
	block := bytes.Repeat([]byte("x"), 1<<20)
	for range 100 {
		if _, err := c.Write(block); err != nil {
			return
		}
	}
}

// A line of 100 MB is refused in constant memory, as a command and in a mail.
func TestEndlessLine(t *testing.T) {
	dir := t.TempDir()
	addr, _ := start(t, Options{Dir: dir})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	c := connect(t, addr)
	play(t, c, "(hello)")
	endless(c)
	play(t, c, `
		C:
		S: 500 5.5.6 line too long
		(mail)(rcpt)(data)`)
	endless(c)
	play(t, c, `
		C:
		C: .
		S: 554 5.6.0 line longer than 1 MiB
		(quit)`)
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 16<<20 {
		t.Errorf("%d octets were allocated", n)
	}
	if mails := stored(t, dir); len(mails) > 0 {
		t.Errorf("%d mails were stored", len(mails))
	}
}

// Of 10,000 recipients, those over the limit are refused, one by one.
func TestTenThousandRecipients(t *testing.T) {
	dir := t.TempDir()
	addr, _ := start(t, Options{Dir: dir})
	c := connect(t, addr)
	play(t, c, "(hello)(mail)")
	go func() {
		for i := range 10_000 {
			fmt.Fprintf(c, "RCPT TO:<u%d@example.org>\r\n", i)
		}
	}()
	c.SetDeadline(time.Now().Add(20 * time.Second))
	r := bufio.NewReader(c)
	codes := map[string]int{}
	for range 10_000 {
		line, err := r.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		codes[line]++
	}
	if codes["250 2.1.5 Ok\r\n"] != 1000 || codes["452 4.5.3 too many recipients\r\n"] != 9000 {
		t.Error(codes)
	}
	play(t, c, `
		(data)
		C: .
		S: 250 .*
		(quit)`)
	if mails := stored(t, dir); len(mails) != 1 || strings.Count(mails[0], "Delivered-To:") != 1000 {
		t.Errorf("%d mails", len(mails))
	}
}

// 200 clients that are connected at once are all served.
func TestManySessions(t *testing.T) {
	dir := t.TempDir()
	addr, _ := start(t, Options{Dir: dir})
	conns := make([]net.Conn, 200)
	for i := range conns {
		conns[i] = connect(t, addr)
		play(t, conns[i], "(hello)")
	}
	var all sync.WaitGroup
	for _, c := range conns {
		all.Go(func() {
			play(t, c, `
				(mail)(rcpt)(data)
				C: .
				S: 250 .*
				(quit)`)
		})
	}
	all.Wait()
	if n := len(stored(t, dir)); n != len(conns) {
		t.Errorf("%d mails were stored, want %d", n, len(conns))
	}
}

// If the sink ends while a mail comes in, no part of the mail is left.
func TestEndWhileMailComesIn(t *testing.T) {
	dir := t.TempDir()
	l := listen(t)
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- Serve(ctx, l, Options{Dir: "eml:" + dir}) }()
	c := connect(t, l.Addr().String())
	play(t, c, `
		(hello)(mail)(rcpt)(data)
		C: half`)
	awaitIncomplete(t, dir)
	cancel()
	if err := <-served; err != nil {
		t.Error(err)
	}
	if names := files(t, dir); len(names) > 0 {
		t.Errorf("left: %q", names)
	}
	play(t, c, "closed")
}
