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

// mailbox is a server over a real socket that takes everything and counts.
type mailbox struct {
	pipelining bool
	reject     func(to string) string // a reply in place of 250; empty: none
	conns      atomic.Int64
	mails      atomic.Int64
	octets     atomic.Int64
	hello      atomic.Value
	got        []string // recipients of mails that were accepted, in order
}

func (m *mailbox) listen(t testing.TB, network, address string) net.Listener {
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
			m.conns.Add(1)
			m.serve(conn, conn)
			conn.Close()
		}
	}()
	return l
}

func (m *mailbox) serve(r io.Reader, w io.Writer) {
	in, out := bufio.NewReaderSize(r, 64<<10), bufio.NewWriter(w)
	fmt.Fprint(out, "220 hi\r\n")
	var batch []string
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
		case "EHLO", "LHLO":
			m.hello.Store(line)
			if fmt.Fprint(out, "250-test\r\n"); m.pipelining {
				fmt.Fprint(out, "250-PIPELINING\r\n")
			}
			fmt.Fprint(out, "250 8BITMIME\r\n")
		case "MAIL":
			batch = batch[:0]
			fmt.Fprint(out, "250 ok\r\n")
		case "RCPT":
			to := strings.TrimSuffix(strings.TrimPrefix(line, "RCPT TO:<"), ">")
			if m.reject != nil {
				if reply := m.reject(to); reply != "" {
					fmt.Fprint(out, reply, "\r\n")
					continue
				}
			}
			batch = append(batch, to)
			fmt.Fprint(out, "250 ok\r\n")
		case "DATA":
			fmt.Fprint(out, "354 go\r\n")
			out.Flush()
			for {
				data, err := in.ReadSlice('\n')
				if err != nil {
					return
				}
				if m.octets.Add(int64(len(data))); len(data) == 3 && data[0] == '.' {
					break
				}
			}
			m.mails.Add(1)
			m.got = append(m.got, batch...)
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
			m := &mailbox{pipelining: true}
			l := m.listen(t, c.network, c.address)
			server := Server{Security: TLSNone, Network: c.network, Address: l.Addr().String()}
			r, err := Deliver(t.Context(), []Server{server}, envelope("bob@example.org"), &text{s: "hi\n"})
			if err != nil || m.hello.Load() != c.hello || r.Server != server.Address {
				t.Errorf("%v, %v, %s", err, m.hello.Load(), r.Server)
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

// A child's standard input and output are pipes of the system.
func TestChild(t *testing.T) {
	toChild, fromUs, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	toUs, fromChild, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	m := new(mailbox)
	go func() {
		m.serve(toChild, fromChild)
		fromChild.Close()
	}()
	server := Server{Name: "child", Security: TLSNone, Dial: func(context.Context) (net.Conn, error) { return child{toUs, fromUs}, nil }}
	if _, err := Deliver(t.Context(), []Server{server}, envelope("bob@example.org"), &text{s: "hi\n"}); err != nil {
		t.Error(err)
	}

	// One that says nothing: the deadline works on pipes too.
	toUs, _, err = os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	server.Dial = func(context.Context) (net.Conn, error) { return child{toUs, fromUs}, nil }
	server.Timeout = 20 * time.Millisecond
	if _, err := Dial(t.Context(), server); err == nil || !strings.Contains(err.Error(), "child: greeting: no complete reply within 20ms") {
		t.Error(err)
	}
}

// child is two files as a connection.
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
	for _, c := range []struct {
		name string
		dial func(context.Context) (net.Conn, error)
		kind Kind
		want string
	}{
		{"nobody listens", nil, KindTemporary, l.Addr().String() + ": connect: " + l.Addr().String() + ": connection refused"},
		{"no such name", func(context.Context) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "nowhere.invalid", IsNotFound: true}}
		}, KindNoHost, ": connect: lookup nowhere.invalid: no such host"},
		{"DNS is down", func(context.Context) (net.Conn, error) {
			return nil, &net.DNSError{Err: "server misbehaving", Name: "x", IsTemporary: true}
		}, KindTemporary, ": connect: lookup x: server misbehaving"},
		{"time is up", func(ctx context.Context) (net.Conn, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}, KindTemporary, "context deadline exceeded"},
	} {
		server := Server{Address: l.Addr().String(), Dial: c.dial, Security: TLSNone, ConnectTimeout: time.Millisecond}
		r, err := Deliver(t.Context(), []Server{server}, envelope("a@x"), &text{s: "hi\n"})
		if e := asError(err); e == nil || e.Kind != c.kind || e.Stage != StageConnect || !strings.HasSuffix(e.Error(), c.want) || r.Recipients[0].Reason == "" {
			t.Errorf("%s: %v, %+v", c.name, err, r)
		}
	}
}

// Everybody is served once, in the order given, a hundred a transaction.
func TestHundredThousandRecipients(t *testing.T) {
	const all = 100_000
	to := make([]string, all)
	for i := range to {
		to[i] = fmt.Sprintf("user%d@example.org", i)
	}
	m := &mailbox{pipelining: true}
	l := m.listen(t, "tcp", "127.0.0.1:0")
	content := &text{s: "Subject: x\r\n\r\nhi\r\n"}
	r, err := Deliver(t.Context(), []Server{{Address: l.Addr().String(), Security: TLSNone}}, envelope(to...), content)
	if err != nil {
		t.Fatal(err)
	}
	if m.mails.Load() != all/100 || m.conns.Load() != 1 || content.writes != 1 {
		t.Errorf("%d mails, %d connections, content written %d times", m.mails.Load(), m.conns.Load(), content.writes)
	}
	for i := range to {
		if m.got[i] != to[i] || r.Recipients[i].Address != to[i] || r.Recipients[i].Outcome != OutcomeAccepted {
			t.Fatalf("recipient %d: %s, %+v", i, m.got[i], r.Recipients[i])
		}
	}
}

// A server that answers only when it has read all that came, and one that reads
// nothing more before its answer was taken: neither blocks.
func TestFlightCannotDeadlock(t *testing.T) {
	const all = 20_000
	to := make([]string, all)
	for i := range to {
		to[i] = fmt.Sprintf("%d@example.org", i)
	}
	for _, whole := range []bool{true, false} {
		client, server := net.Pipe() // holds nothing: a write waits for its reader
		go func() {
			in := bufio.NewReader(server)
			fmt.Fprint(server, "220 hi\r\n")
			in.ReadString('\n')
			fmt.Fprintf(server, "250-x\r\n250-PIPELINING\r\n250 LIMITS RCPTMAX=%d\r\n", all)
			var late strings.Builder
			for {
				line, err := in.ReadString('\n')
				if err != nil {
					return
				}
				reply := "250 " + strings.Repeat("x", 500) + "\r\n"
				switch {
				case line == "DATA\r\n":
					reply = "354 go\r\n"
				case line == "hi\r\n":
					continue
				case line == "QUIT\r\n":
					reply = "221 bye\r\n"
				}
				if late.WriteString(reply); whole && in.Buffered() > 0 {
					continue
				}
				io.WriteString(server, late.String())
				late.Reset()
			}
		}()
		s := Server{Name: "test", Security: TLSNone, Timeout: 10 * time.Second, Dial: func(context.Context) (net.Conn, error) { return client, nil }}
		if _, err := Deliver(t.Context(), []Server{s}, envelope(to...), &text{s: "hi\n"}); err != nil {
			t.Errorf("whole %t: %v", whole, err)
		}
	}
}

func BenchmarkRecipients(b *testing.B) {
	to := make([]string, 10_000)
	for i := range to {
		to[i] = fmt.Sprintf("user%d@example.org", i)
	}
	m := &mailbox{pipelining: true}
	l := m.listen(b, "tcp", "127.0.0.1:0")
	b.ReportAllocs()
	for b.Loop() {
		m.got = m.got[:0]
		if _, err := Deliver(b.Context(), []Server{{Address: l.Addr().String(), Security: TLSNone}}, envelope(to...), &text{s: "hi\r\n"}); err != nil {
			b.Fatal(err)
		}
	}
}

// blocks is content of many large blocks.
type blocks struct {
	block []byte
	n     int
}

func (c blocks) WriteTo(w io.Writer) (int64, error) {
	for range c.n {
		if _, err := w.Write(c.block); err != nil {
			return 0, err
		}
	}
	return 0, nil
}

// discard is the far end of a measurement.
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
				if end += string(p[max(0, n-5):n]); len(end) > 5 {
					end = end[len(end)-5:]
				}
			}
			io.WriteString(conn, "250 ok\r\n")
		}
		conn.Close()
	}
}

func BenchmarkDeliver(b *testing.B) {
	content := blocks{[]byte(strings.Repeat(strings.Repeat("x", 76)+"\r\n", blockSize/78)), 400}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	go discard(l)
	b.Run("dialogue", func(b *testing.B) {
		b.SetBytes(int64(len(content.block) * content.n))
		for b.Loop() {
			if _, err := Deliver(b.Context(), []Server{{Address: l.Addr().String(), Security: TLSNone}}, envelope("a@x"), content); err != nil {
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
