// Package dnstest is a stand-in DNS server for tests. It also tells lies.
package dnstest

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// A Zone maps names with a final dot to their records. Other names do not exist.
type Zone map[string][]Record

// A Record is a resource record. Without a name it belongs to the question.
type Record = dnsmessage.Resource

// Silent is a record of names for which the server sends no answer.
var Silent = Record{Body: &dnsmessage.UnknownResource{}}

// Overstated is a record that lets an answer claim to have 10,000 records.
var Overstated = Record{Body: &dnsmessage.UnknownResource{}}

// SRV returns an SRV record.
func SRV(priority, weight, port uint16, target string) Record {
	return Record{Body: &dnsmessage.SRVResource{Priority: priority, Weight: weight, Port: port, Target: name(target)}}
}

// MX returns an MX record.
func MX(pref uint16, host string) Record {
	return Record{Body: &dnsmessage.MXResource{Pref: pref, MX: name(host)}}
}

// CNAME returns a CNAME record.
func CNAME(target string) Record {
	return Record{Body: &dnsmessage.CNAMEResource{CNAME: name(target)}}
}

// Of returns a record of another name than that of the question.
func Of(owner string, r Record) Record {
	r.Header.Name = name(owner)
	return r
}

func name(s string) dnsmessage.Name { return dnsmessage.MustNewName(s) }

// Serve starts a server and returns a resolver that asks only it.
func (z Zone) Serve(t testing.TB) *net.Resolver {
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
	go z.ServeUDP(udp)
	go z.ServeTCP(tcp)
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		server := udp.LocalAddr()
		if network == "tcp" {
			server = tcp.Addr()
		}
		return new(net.Dialer).DialContext(ctx, network, server.String())
	}
	return &net.Resolver{PreferGo: true, Dial: dial}
}

// ServeUDP answers until the connection is closed. If an answer is longer than 512
// octets, the client must ask again over TCP.
func (z Zone) ServeUDP(c net.PacketConn) {
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

// ServeTCP answers one query per connection until the listener is closed.
func (z Zone) ServeTCP(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go z.serveTCP(c)
	}
}

func (z Zone) serveTCP(c net.Conn) {
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
	c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...))
}

// answer returns the reply to a query, or nil if there is none.
func (z Zone) answer(query []byte, limit int) []byte {
	var m dnsmessage.Message
	if m.Unpack(query) != nil || len(m.Questions) != 1 {
		return nil
	}
	question := m.Questions[0].Name
	m = dnsmessage.Message{
		Header:    dnsmessage.Header{ID: m.ID, Response: true, RecursionAvailable: true},
		Questions: m.Questions,
	}
	records, exists := z[question.String()]
	if !exists {
		m.RCode = dnsmessage.RCodeNameError
	}
	claimed := 0
	for _, r := range records {
		switch r.Body {
		case Silent.Body:
			return nil
		case Overstated.Body:
			claimed = 10000
			continue
		}
		r.Header.Class, r.Header.TTL = dnsmessage.ClassINET, 60
		if r.Header.Name.Length == 0 {
			r.Header.Name = question
		}
		m.Answers = append(m.Answers, r)
	}
	packed, err := m.Pack()
	if err != nil {
		panic(err)
	}
	if len(packed) > limit {
		m.Answers, m.Truncated = nil, true
		packed, _ = m.Pack() // cannot fail
	}
	if claimed > 0 {
		binary.BigEndian.PutUint16(packed[6:], uint16(claimed))
	}
	return packed
}
