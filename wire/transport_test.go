package wire

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// A countingServer accepts everything over real sockets, and counts it.
type countingServer struct {
	pipelining bool
	conns      atomic.Int64
	messages   atomic.Int64
	hello      atomic.Value // the last EHLO
	accepted   []string     // recipients of accepted messages, in order
}

func (s *countingServer) listen(t testing.TB, network, address string) net.Listener {
	l, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			s.conns.Add(1)
			s.serve(conn, conn)
			conn.Close()
		}
	}()
	return l
}

func (s *countingServer) serve(r io.Reader, w io.Writer) {
	in, out := bufio.NewReaderSize(r, 64<<10), bufio.NewWriter(w)
	fmt.Fprint(out, "220 hi\r\n")
	var to []string
	for {
		if in.Buffered() == 0 && out.Flush() != nil {
			return
		}
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		verb, _, _ := strings.Cut(line, " ")
		switch verb {
		case "EHLO":
			s.hello.Store(line)
			fmt.Fprint(out, "250-test\r\n")
			if s.pipelining {
				fmt.Fprint(out, "250-PIPELINING\r\n")
			}
			fmt.Fprint(out, "250 8BITMIME\r\n")
		case "MAIL":
			to = to[:0]
			fmt.Fprint(out, "250 ok\r\n")
		case "RCPT":
			to = append(to, strings.TrimSuffix(strings.TrimPrefix(line, "RCPT TO:<"), ">"))
			fmt.Fprint(out, "250 ok\r\n")
		case "DATA":
			fmt.Fprint(out, "354 go\r\n")
			out.Flush()
			for line != ".\r\n" {
				line, err = in.ReadString('\n')
				if err != nil {
					return
				}
			}
			s.messages.Add(1)
			s.accepted = append(s.accepted, to...)
			fmt.Fprint(out, "250 ok\r\n")
		case "QUIT":
			fmt.Fprint(out, "221 bye\r\n")
			out.Flush()
			return
		default:
			fmt.Fprint(out, "500 what\r\n")
		}
	}
}

func TestSockets(t *testing.T) {
	for _, c := range []struct{ network, address, hello string }{
		{"tcp", "127.0.0.1:0", "EHLO [127.0.0.1]"},
		{"unix", filepath.Join(t.TempDir(), "s"), "EHLO [127.0.0.1]"},
	} {
		t.Run(c.network+" "+c.hello, func(t *testing.T) {
			s := &countingServer{pipelining: true}
			l := s.listen(t, c.network, c.address)
			server := Server{Security: TLSNone, Network: c.network, Address: l.Addr().String()}
			r, err := Deliver(t.Context(), []Server{server}, envelope("bob@example.org"), &text{s: "hi\n"})
			if err != nil || s.hello.Load() != c.hello || r.Server != server.Address {
				t.Errorf("%v, %v, %s", err, s.hello.Load(), r.Server)
			}
		})
	}
}

// The literal names the address that the server sees (RFC 5321 §4.1.3).
func TestHelloName(t *testing.T) {
	for want, addr := range map[string]net.Addr{
		"[192.0.2.1]":        &net.TCPAddr{IP: net.ParseIP("192.0.2.1")},
		"[IPv6:2001:db8::1]": &net.TCPAddr{IP: net.ParseIP("2001:db8::1")},
		"[IPv6:fe80::1]":     &net.TCPAddr{IP: net.ParseIP("fe80::1"), Zone: "eth0"},
		"[127.0.0.1]":        pipeAddr{},
	} {
		c := &Client{raw: addressed{addr: addr}}
		if got := c.helloName(); got != want {
			t.Errorf("%v: %s, want %s", addr, got, want)
		}
	}
}

type addressed struct {
	net.Conn
	addr net.Addr
}

func (a addressed) LocalAddr() net.Addr { return a.addr }

// A child process is connected by two pipes of the system.
func TestChild(t *testing.T) {
	toChild, fromUs, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	toUs, fromChild, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		new(countingServer).serve(toChild, fromChild)
		fromChild.Close()
	}()
	dial := func(context.Context) (net.Conn, error) { return child{toUs, fromUs}, nil }
	server := Server{Name: "child", Security: TLSNone, Dial: dial}
	_, err = Deliver(t.Context(), []Server{server}, envelope("bob@example.org"), &text{s: "hi\n"})
	if err != nil {
		t.Error(err)
	}

	// The timeout works on pipes too.
	toUs, _, err = os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	server.Dial = func(context.Context) (net.Conn, error) { return child{toUs, fromUs}, nil }
	server.Timeout = 20 * time.Millisecond
	_, err = Dial(t.Context(), server)
	checkError(t, err, "temporary: child: greeting: no complete reply within 20ms")
}

// A child is a connection made of two files.
type child struct{ in, out *os.File }

func (c child) Read(p []byte) (int, error)  { return c.in.Read(p) }
func (c child) Write(p []byte) (int, error) { return c.out.Write(p) }
func (c child) Close() error                { return errors.Join(c.in.Close(), c.out.Close()) }
func (c child) LocalAddr() net.Addr         { return pipeAddr{} }
func (c child) RemoteAddr() net.Addr        { return pipeAddr{} }
func (c child) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}
func (c child) SetReadDeadline(t time.Time) error  { return c.in.SetReadDeadline(t) }
func (c child) SetWriteDeadline(t time.Time) error { return c.out.SetWriteDeadline(t) }

type pipeAddr struct{}

func (pipeAddr) Network() string { return "pipe" }
func (pipeAddr) String() string  { return "pipe" }

func TestConnectFails(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	address := l.Addr().String()
	for _, c := range []struct {
		name string
		dial func(context.Context) (net.Conn, error)
		want string // the error
	}{
		{"connection refused", nil,
			"temporary: " + address + ": connect: connection refused"},
		{"no such host", func(context.Context) (net.Conn, error) {
			dns := &net.DNSError{Err: "no such host", Name: "nowhere.invalid", IsNotFound: true}
			return nil, &net.OpError{Op: "dial", Err: dns}
		}, "no host: " + address + ": connect: lookup nowhere.invalid: no such host"},
		{"DNS fails", func(context.Context) (net.Conn, error) {
			return nil, &net.DNSError{Err: "server misbehaving", Name: "x", IsTemporary: true}
		}, "temporary: " + address + ": connect: lookup x: server misbehaving"},
		{"timeout", func(ctx context.Context) (net.Conn, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}, "temporary: " + address + ": connect: context deadline exceeded"},
	} {
		server := Server{Address: address, Dial: c.dial, Security: TLSNone}
		if c.name == "timeout" {
			server.ConnectTimeout = time.Millisecond
		}
		r, err := Deliver(t.Context(), []Server{server}, envelope("a@x"), &text{s: "hi\n"})
		if got := describe(err); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		if asError(err).Stage != StageConnect || r.Recipients[0].Reason == "" {
			t.Errorf("%s: %+v, %+v", c.name, err, r)
		}
	}
}

// All recipients get the message once, in the given order, a hundred in each
// transaction.
func TestHundredThousandRecipients(t *testing.T) {
	const all = 100_000
	to := make([]string, all)
	for i := range to {
		to[i] = fmt.Sprintf("user%d@example.org", i)
	}
	s := &countingServer{pipelining: true}
	l := s.listen(t, "tcp", "127.0.0.1:0")
	content := &text{s: "Subject: x\r\n\r\nhi\r\n"}
	server := Server{Address: l.Addr().String(), Security: TLSNone}
	r, err := Deliver(t.Context(), []Server{server}, envelope(to...), content)
	if err != nil {
		t.Fatal(err)
	}
	if s.messages.Load() != all/100 || s.conns.Load() != 1 || content.writes != 1 {
		t.Errorf("%d transactions, %d connections, content written %d times",
			s.messages.Load(), s.conns.Load(), content.writes)
	}
	for i, got := range r.Recipients {
		if s.accepted[i] != to[i] || got.Address != to[i] || got.Outcome != OutcomeAccepted {
			t.Fatalf("recipient %d: %s, %+v", i, s.accepted[i], got)
		}
	}
}

// Neither a server that replies only when it has read the whole command group,
// nor one that reads no further until its reply was read, blocks the client.
func TestCommandGroupCannotDeadlock(t *testing.T) {
	const all = 20_000
	to := make([]string, all)
	for i := range to {
		to[i] = fmt.Sprintf("%d@example.org", i)
	}
	for _, late := range []bool{true, false} {
		client, server := net.Pipe() // has no buffer: a write waits for its reader
		go replyInGroups(server, all, late)
		s := Server{Name: "test", Security: TLSNone, Timeout: 10 * time.Second,
			Dial: func(context.Context) (net.Conn, error) { return client, nil }}
		if _, err := Deliver(t.Context(), []Server{s}, envelope(to...), &text{s: "hi\n"}); err != nil {
			t.Errorf("late replies %t: %v", late, err)
		}
	}
}

// replyInGroups accepts a message with many long replies. If late is set, it
// sends them only when it has read all that was sent.
func replyInGroups(conn net.Conn, recipients int, late bool) {
	in := bufio.NewReader(conn)
	fmt.Fprint(conn, "220 hi\r\n")
	in.ReadString('\n')
	fmt.Fprintf(conn, "250-x\r\n250-PIPELINING\r\n250 LIMITS RCPTMAX=%d\r\n", recipients)
	var replies strings.Builder
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		switch line {
		case "hi\r\n":
			continue
		case "DATA\r\n":
			replies.WriteString("354 go\r\n")
		case "QUIT\r\n":
			replies.WriteString("221 bye\r\n")
		default:
			replies.WriteString("250 " + strings.Repeat("x", 500) + "\r\n")
		}
		if late && in.Buffered() > 0 {
			continue
		}
		io.WriteString(conn, replies.String())
		replies.Reset()
	}
}

func BenchmarkRecipients(b *testing.B) {
	to := make([]string, 10_000)
	for i := range to {
		to[i] = fmt.Sprintf("user%d@example.org", i)
	}
	s := &countingServer{pipelining: true}
	servers := []Server{{Address: s.listen(b, "tcp", "127.0.0.1:0").Addr().String(), Security: TLSNone}}
	b.ReportAllocs()
	for b.Loop() {
		s.accepted = s.accepted[:0]
		if _, err := Deliver(b.Context(), servers, envelope(to...), &text{s: "hi\r\n"}); err != nil {
			b.Fatal(err)
		}
	}
}

// A repeated content is a block that is written n times.
type repeated struct {
	block []byte
	n     int
}

func (c repeated) WriteTo(w io.Writer) (int64, error) {
	for range c.n {
		if _, err := w.Write(c.block); err != nil {
			return 0, err
		}
	}
	return 0, nil
}

// discard accepts messages and counts nothing, so that it takes little time.
func discard(l net.Listener) {
	p := make([]byte, 1<<20)
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		io.WriteString(conn, "220 hi\r\n")
		verb := bufio.NewReaderSize(conn, 16)
		for {
			line, err := verb.ReadString('\n')
			if err != nil {
				break
			}
			if line != "DATA\r\n" {
				io.WriteString(conn, "250 ok\r\n")
				continue
			}
			io.WriteString(conn, "354 go\r\n")
			for end := ""; end != "\r\n.\r\n"; {
				n, err := conn.Read(p)
				if err != nil {
					return
				}
				end += string(p[max(0, n-5):n])
				end = end[max(0, len(end)-5):]
			}
			io.WriteString(conn, "250 ok\r\n")
		}
		conn.Close()
	}
}

func BenchmarkDeliver(b *testing.B) {
	content := repeated{[]byte(strings.Repeat(strings.Repeat("x", 76)+"\r\n", blockSize/78)), 400}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	go discard(l)
	servers := []Server{{Address: l.Addr().String(), Security: TLSNone}}
	b.Run("dialogue", func(b *testing.B) {
		b.SetBytes(int64(len(content.block) * content.n))
		for b.Loop() {
			if _, err := Deliver(b.Context(), servers, envelope("a@x"), content); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("copy", func(b *testing.B) {
		b.SetBytes(int64(len(content.block) * content.n))
		for b.Loop() {
			conn, err := net.Dial("tcp", l.Addr().String())
			if err != nil {
				b.Fatal(err)
			}
			io.WriteString(conn, "DATA\r\n")
			content.WriteTo(conn)
			io.WriteString(conn, ".\r\n")
			io.ReadAll(io.LimitReader(conn, int64(len("220 hi\r\n354 go\r\n250 ok\r\n"))))
			conn.Close()
		}
	})
}
