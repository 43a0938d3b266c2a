package locate

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// A zone maps names with a final dot to their records.
type zone map[string][]dnsmessage.Resource

// silent is a record for which the stand-in server sends no answer.
var silent = dnsmessage.Resource{Body: &dnsmessage.UnknownResource{}}

// overstated is a record that lets the answer claim to have 10,000 records.
var overstated = dnsmessage.Resource{Body: &dnsmessage.UnknownResource{Type: 1}}

func srv(priority, weight, port uint16, target string) dnsmessage.Resource {
	return dnsmessage.Resource{Body: &dnsmessage.SRVResource{
		Priority: priority, Weight: weight, Port: port, Target: name(target),
	}}
}

func mx(pref uint16, host string) dnsmessage.Resource {
	return dnsmessage.Resource{Body: &dnsmessage.MXResource{Pref: pref, MX: name(host)}}
}

func cname(target string) dnsmessage.Resource {
	return dnsmessage.Resource{Body: &dnsmessage.CNAMEResource{CNAME: name(target)}}
}

func name(s string) dnsmessage.Name { return dnsmessage.MustNewName(s) }

// serve starts a stand-in DNS server and returns a resolver that asks only it.
func (z zone) serve(t *testing.T) *net.Resolver {
	t.Helper()
	udp, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { udp.Close() })
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tcp.Close() })
	go z.serveUDP(udp)
	go z.serveTCP(tcp)
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		server := udp.LocalAddr()
		if network == "tcp" {
			server = tcp.Addr()
		}
		return new(net.Dialer).DialContext(ctx, network, server.String())
	}
	return &net.Resolver{PreferGo: true, Dial: dial}
}

// serveUDP answers with a truncated message if the answer is longer than 512 octets.
func (z zone) serveUDP(c net.PacketConn) {
	query := make([]byte, 4096)
	for {
		n, peer, err := c.ReadFrom(query)
		if err != nil {
			return
		}
		if answer := z.answer(query[:n], 512); answer != nil {
			c.WriteTo(answer, peer)
		}
	}
}

func (z zone) serveTCP(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer c.Close()
			c.SetDeadline(time.Now().Add(time.Minute))
			var size [2]byte
			if _, err := io.ReadFull(c, size[:]); err != nil {
				return
			}
			query := make([]byte, binary.BigEndian.Uint16(size[:]))
			if _, err := io.ReadFull(c, query); err != nil {
				return
			}
			answer := z.answer(query, 1<<16-1)
			c.Write(binary.BigEndian.AppendUint16(nil, uint16(len(answer))))
			c.Write(answer)
		}()
	}
}

// answer returns the reply to a query, or nil if there is none.
func (z zone) answer(query []byte, limit int) []byte {
	var m dnsmessage.Message
	if m.Unpack(query) != nil || len(m.Questions) != 1 {
		return nil
	}
	question := m.Questions[0]
	m = dnsmessage.Message{
		Header:    dnsmessage.Header{ID: m.ID, Response: true, RecursionAvailable: true},
		Questions: m.Questions,
	}
	claimed := 0
	records, exists := z[question.Name.String()]
	if !exists {
		m.RCode = dnsmessage.RCodeNameError
	}
	for _, r := range records {
		if r.Body == silent.Body {
			return nil
		}
		if r.Body == overstated.Body {
			claimed = 10000
			continue
		}
		r.Header.Class, r.Header.TTL = dnsmessage.ClassINET, 60
		if r.Header.Name.Length == 0 {
			r.Header.Name = question.Name
		}
		m.Answers = append(m.Answers, r)
	}
	packed, err := m.Pack()
	if err != nil {
		panic(err)
	}
	if len(packed) > limit {
		m.Answers, m.Truncated = nil, true
		packed, _ = m.Pack()
	}
	if claimed > 0 {
		binary.BigEndian.PutUint16(packed[6:], uint16(claimed))
	}
	return packed
}
