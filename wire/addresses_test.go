package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// resolve lets names have the addresses 127.0.0.1, 127.0.0.2 and so on, as many
// as n, until the test ends.
func resolve(t *testing.T, n int) {
	t.Helper()
	l, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		packet := make([]byte, 512)
		for {
			size, client, err := l.ReadFrom(packet)
			if err != nil {
				return
			}
			l.WriteTo(resourceRecords(t, packet[:size], n), client)
		}
	}()
	before := net.DefaultResolver
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		return net.Dial("udp", l.LocalAddr().String())
	}}
	t.Cleanup(func() {
		net.DefaultResolver = before
		l.Close()
	})
}

// resourceRecords returns the answer to a query: n addresses for IPv4, and none
// for IPv6.
func resourceRecords(t *testing.T, query []byte, n int) []byte {
	var m dnsmessage.Message
	if err := m.Unpack(query); err != nil {
		t.Error(err)
	}
	m.Response, m.Additionals = true, nil
	question := m.Questions[0]
	for i := range n {
		if question.Type == dnsmessage.TypeA {
			m.Answers = append(m.Answers, dnsmessage.Resource{
				Header: dnsmessage.ResourceHeader{Name: question.Name, Class: question.Class},
				Body:   &dnsmessage.AResource{A: [4]byte{127, 0, 0, byte(i + 1)}},
			})
		}
	}
	answer, err := m.Pack()
	if err != nil {
		t.Error(err)
	}
	return answer
}

// listenAtOnePort listens on 127.0.0.1, 127.0.0.2 and so on, at one port that is
// free on all of them. It leaves out the addresses with the greeting "none".
func listenAtOnePort(t *testing.T, greetings []string) (listeners []net.Listener, port string) {
	t.Helper()
	var err error
	for range 10 { // the port of the first address may be in use on another one
		listeners, port = make([]net.Listener, len(greetings)), "0"
		for i, greeting := range greetings {
			if greeting == "none" {
				continue
			}
			host := net.IPv4(127, 0, 0, byte(i+1)).String()
			var l net.Listener
			l, err = net.Listen("tcp", net.JoinHostPort(host, port))
			if err != nil {
				break
			}
			t.Cleanup(func() { l.Close() })
			listeners[i] = l
			_, port, _ = net.SplitHostPort(l.Addr().String())
		}
		if err == nil {
			return listeners, port
		}
	}
	if errors.Is(err, syscall.EADDRNOTAVAIL) { // not every system has the addresses
		t.Skip(err)
	}
	t.Fatal(err)
	return nil, ""
}

// serveAddresses lets each address send its greeting and close the connection.
// "ok" serves instead; "none" does not listen. It returns the port.
func serveAddresses(t *testing.T, certificate *tls.Certificate, greetings []string) (port string) {
	t.Helper()
	listeners, port := listenAtOnePort(t, greetings)
	for i, greeting := range greetings {
		if greeting == "none" {
			continue
		}
		go func() {
			for {
				conn, err := listeners[i].Accept()
				if err != nil {
					return
				}
				if certificate != nil && greeting != "" {
					conn = tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{*certificate}})
				}
				if greeting == "ok" {
					new(countingServer).serve(conn, conn)
				} else {
					io.WriteString(conn, greeting)
				}
				conn.Close()
			}
		}()
	}
	return port
}

// The addresses of a name are tried in turn, also if one answers 421 or closes
// before its greeting.
func TestAddressesOfName(t *testing.T) {
	certificate, roots := trusted(t)
	const name = "mail.example.org"
	for _, c := range []struct {
		greetings []string
		want      string // the error without the name and port of the server; PORT stands for the port
	}{
		{[]string{"ok"}, ""},
		{[]string{"421 busy\r\n", "ok"}, ""},
		{[]string{"421-too many\r\n421 connections\r\n", "ok"}, ""},
		{[]string{"421 4.3.2 closing\r\n", "421 4.3.2 closing\r\n", "ok"}, ""},
		{[]string{"", "ok"}, ""},
		{[]string{"220-half a gree", "ok"}, ""},
		{[]string{"", "421 busy\r\n", "none", "ok"}, ""},
		{[]string{"421 busy\r\n", "554 no service\r\n", "ok"}, "greeting: 554 no service"},
		{[]string{"554 no service\r\n", "ok"}, "greeting: 554 no service"},
		{[]string{"450 later\r\n", "ok"}, "greeting: 450 later"},
		{[]string{"HTTP/1.1 400 Bad Request\r\n", "ok"}, `greeting: not an SMTP reply: "HTTP/1.1 400 Bad Request"`},
		{[]string{"421 busy\r\n"}, "greeting: 127.0.0.1:PORT: 421 busy"},
		{[]string{"", "421 busy\r\n"}, "greeting: 127.0.0.2:PORT: 421 busy"},
		{[]string{"421 busy\r\n", ""}, "greeting: 127.0.0.2:PORT: the server closed the connection"},
		{[]string{"421 busy\r\n", "none"}, "greeting: 127.0.0.1:PORT: 421 busy"},
	} {
		resolve(t, len(c.greetings))
		port := serveAddresses(t, nil, c.greetings)
		server := Server{Address: name + ":" + port, Name: name, Security: TLSNone, Timeout: 5 * time.Second}
		client, err := Dial(t.Context(), server)
		if err == nil {
			err = client.Quit()
		}
		got := ""
		if err != nil {
			got = strings.ReplaceAll(strings.TrimPrefix(err.Error(), name+": "), port, "PORT")
		}
		if got != c.want {
			t.Errorf("%q: %q, want %q", c.greetings, got, c.want)
		}
	}

	// The certificate must have the name of the host at each address.
	for _, greetings := range [][]string{{"", "ok"}, {"421 busy\r\n", "ok"}} {
		resolve(t, len(greetings))
		port := serveAddresses(t, &certificate, greetings)
		for host, want := range map[string]string{name: "", "other.example": "not for other.example"} {
			server := Server{Address: host + ":" + port, Implicit: true, TLS: &tls.Config{RootCAs: roots}}
			client, err := Dial(t.Context(), server)
			if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
				t.Errorf("TLS, %q, %s: %v", greetings, host, err)
			}
			if err == nil {
				client.Quit()
			}
		}
	}
}
