package wire

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// handshakeRows lists what a server can do instead of a handshake. In no row
// does the client send anything unencrypted afterwards.
const handshakeRows = `
fault    required     opportunistic  time  words
close    temporary    temporary      0s    TLS: the connection was closed during the TLS handshake
record   temporary    temporary      0s    TLS: the connection was closed during the TLS handshake
hello    temporary    temporary      0s    TLS: the connection was closed during the TLS handshake
reset    temporary    temporary      -     TLS: the connection was closed during the TLS handshake: 
stall    temporary    temporary      5m0s  TLS: no TLS handshake within 5m0s
drip     temporary    temporary      5m0s  TLS: no TLS handshake within 5m0s
clear    auth-or-TLS  temporary      0s    TLS: the server answered the TLS handshake in plain text
garbage  auth-or-TLS  temporary      0s    TLS: tls: first record does not look like a TLS handshake
alert    auth-or-TLS  temporary      0s    TLS: remote error: tls: handshake failure
`

func TestHostileHandshake(t *testing.T) {
	rows := strings.Split(strings.TrimSpace(handshakeRows), "\n")[1:]
	for _, row := range rows {
		columns := strings.Fields(row)
		words := strings.Join(columns[4:], " ")
		for column, security := range map[int]Security{1: TLSRequired, 2: TLSOpportunistic} {
			for _, implicit := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%v/implicit=%t", columns[0], security, implicit), func(t *testing.T) {
					h := &handshake{fault: columns[0], implicit: implicit}
					run := func(t *testing.T) { h.try(t, security, kinds[columns[column]], columns[3], words) }
					if h.fault == "reset" { // only a real connection can be reset
						run(t)
						return
					}
					synctest.Test(t, run)
				})
			}
		}
	}
}

// If the connection is lost during the handshake, the next server may be tried.
func TestTryNextAfterHandshake(t *testing.T) {
	for kind, want := range map[Kind]bool{KindTemporary: true, KindAuthOrTLS: false} {
		if got := (&Error{Stage: StageHandshake, Kind: kind}).TryNext(); got != want {
			t.Errorf("%v: %t", kind, got)
		}
	}
}

// A handshake is a server that behaves well until the TLS handshake and there
// commits a fault.
type handshake struct {
	fault    string
	implicit bool
	seen     strings.Builder // what it read after the fault
	done     sync.WaitGroup
}

func (h *handshake) try(t *testing.T, security Security, kind Kind, wait, words string) {
	start := time.Now()
	_, err := Dial(t.Context(), Server{
		Name: "test", Hello: "me", Dial: h.dial, Implicit: h.implicit, Security: security, TLSName: "x",
	})
	took := time.Since(start)
	h.done.Wait()
	var e *Error
	if !errors.As(err, &e) || e.Kind != kind || !strings.HasPrefix(err.Error(), "test: "+words) {
		t.Errorf("%v\nwant kind %v, %s", err, kind, words)
	}
	if wait == "-" && took > 3*time.Second || wait != "-" && took.String() != wait {
		t.Errorf("it took %v, want %s", took, wait)
	}
	for _, word := range []string{"EHLO", "QUIT", "MAIL"} {
		if strings.Contains(h.seen.String(), word) {
			t.Errorf("the server read %s unencrypted: %q", word, h.seen.String())
		}
	}
}

func (h *handshake) dial(ctx context.Context) (client net.Conn, err error) {
	client, server := net.Pipe()
	if h.fault == "reset" {
		if client, server, err = loopback(ctx); err != nil {
			return nil, err
		}
	}
	h.done.Go(func() {
		defer server.Close()
		h.serve(server)
	})
	return client, nil
}

func (h *handshake) serve(conn net.Conn) {
	in := bufio.NewReader(conn)
	if !h.implicit {
		io.WriteString(conn, "220 hi\r\n")
		in.ReadString('\n')
		io.WriteString(conn, "250-test\r\n250 STARTTLS\r\n")
		in.ReadString('\n')
		io.WriteString(conn, "220 go\r\n")
	}
	if h.fault == "close" {
		return
	}
	head, _ := in.Peek(5) // the header of a record
	in.Discard(5 + int(head[3])<<8 + int(head[4]))
	switch h.fault {
	case "clear": // a greeting
		io.WriteString(conn, "220 hello\r\n")
	case "record": // half of a header
		conn.Write([]byte{22, 3})
		return
	case "hello": // half of a record
		conn.Write([]byte{22, 3, 3, 0, 100, 2})
		return
	case "reset":
		conn.(*net.TCPConn).SetLinger(0)
		return
	case "drip": // a record that never ends
		conn.Write([]byte{22, 3, 3, 0x10, 0})
		for {
			time.Sleep(time.Second)
			if _, err := conn.Write([]byte{2}); err != nil {
				return
			}
		}
	case "garbage":
		io.WriteString(conn, "HTTP/1.1 400 Bad Request\r\n")
	case "alert":
		conn.Write([]byte{21, 3, 3, 0, 2, 2, 40})
	}
	io.Copy(&h.seen, in)
}

// A cancelled context ends the handshake at once.
func TestHandshakeCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cause := errors.New("SIGTERM")
		ctx, cancel := context.WithCancelCause(t.Context())
		go func() {
			time.Sleep(time.Second)
			cancel(cause)
		}()
		h := &handshake{fault: "stall"}
		_, err := Dial(ctx, Server{Hello: "me", Dial: h.dial, Security: TLSRequired, TLS: &tls.Config{}, TLSName: "x"})
		h.done.Wait()
		var e *Error
		if !errors.As(err, &e) || e.Kind != KindTemporary || !errors.Is(err, cause) {
			t.Error(err)
		}
	})
}
