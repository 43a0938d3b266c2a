package sink

import (
	"bufio"
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestTooManyRecipients(t *testing.T) {
	dir := t.TempDir()
	addr, _ := start(t, Options{Dir: dir})
	play(t, connect(t, addr), "(hello)(mail)"+strings.Repeat("(rcpt)", 1000)+`
		C: RCPT TO:<carol@example.org>
		S: 452 4.5.3 too many recipients
		(data)
		C: .
		S: 250 .*
		(mail)(rcpt)(quit)`)
	mails := stored(t, dir)
	if len(mails) != 1 || strings.Count(mails[0], "Delivered-To: bob@example.org\n") != 1000 ||
		strings.Contains(mails[0], "carol") {
		t.Errorf("%.500q were stored", mails)
	}
}

// A pipeListener accepts connections without a network.
type pipeListener struct {
	net.Listener
	conns chan net.Conn
}

func (l pipeListener) Accept() (net.Conn, error) {
	c, ok := <-l.conns
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}

func (l pipeListener) Close() error { return nil }

// servePipe calls test with a connection to a sink, on a fake clock.
func servePipe(t *testing.T, opt Options, test func(t *testing.T, c net.Conn, r *bufio.Reader)) {
	synctest.Test(t, func(t *testing.T) {
		l := pipeListener{conns: make(chan net.Conn)}
		ctx, cancel := context.WithCancel(t.Context())
		served := make(chan error)
		go func() { served <- Serve(ctx, l, opt) }()
		client, server := net.Pipe()
		defer client.Close()
		l.conns <- server
		test(t, client, bufio.NewReader(client))
		close(l.conns)
		<-served
		cancel()
	})
}

// readClosed reads to the end of the connection. It returns what it read, and how
// long that took.
func readClosed(r io.Reader) (string, time.Duration) {
	start := time.Now()
	text, _ := io.ReadAll(r)
	return string(text), time.Since(start)
}

// RFC 5321 §4.5.3.2.7: a server waits 5 minutes for the next command.
func TestIdleClient(t *testing.T) {
	servePipe(t, Options{}, func(t *testing.T, c net.Conn, r *bufio.Reader) {
		talkPipe(t, c, r, "", "220")
		for range 3 { // a client that is slow is not idle
			time.Sleep(4 * time.Minute)
			talkPipe(t, c, r, "NOOP", "250")
		}
		text, after := readClosed(r)
		if !strings.HasPrefix(text, "421 4.4.2 ") || after != 5*time.Minute {
			t.Errorf("got %q after %v", text, after)
		}
	})
}

// A client that stops in the content is idle too.
func TestIdleInContent(t *testing.T) {
	servePipe(t, Options{}, func(t *testing.T, c net.Conn, r *bufio.Reader) {
		talkPipe(t, c, r, "", "220")
		talkPipe(t, c, r, "HELO x", "250")
		talkPipe(t, c, r, "MAIL FROM:<a@x>", "250")
		talkPipe(t, c, r, "RCPT TO:<b@x>", "250")
		talkPipe(t, c, r, "DATA", "354")
		for range 3 {
			time.Sleep(4 * time.Minute)
			io.WriteString(c, "x")
		}
		text, after := readClosed(r)
		if !strings.Contains(text, "421 4.4.2 ") || after != 5*time.Minute {
			t.Errorf("got %q after %v", text, after)
		}
	})
}

// A client that does not read its replies is closed as well.
func TestClientDoesNotRead(t *testing.T) {
	servePipe(t, Options{}, func(t *testing.T, c net.Conn, r *bufio.Reader) {
		talkPipe(t, c, r, "", "220")
		io.WriteString(c, "NOOP\r\n")
		time.Sleep(11 * time.Minute)
		if text, after := readClosed(r); after != 0 {
			t.Errorf("open after 11 minutes: got %q after %v more", text, after)
		}
	})
}

// talkPipe sends a command, if it is not empty, and reads one line of the reply.
func talkPipe(t *testing.T, c io.Writer, r *bufio.Reader, command, code string) {
	t.Helper()
	if command != "" {
		io.WriteString(c, command+"\r\n")
	}
	if line, err := r.ReadString('\n'); err != nil || !strings.HasPrefix(line, code) {
		t.Fatalf("%s: got %q, %v", command, line, err)
	}
}
