// Package dnstest implements a DNS server for tests. It can also give invalid answers.
package dnstest

import (
	"context"
	"encoding/binary"
	"fmt"
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

// Overstated is a record with which the header of an answer claims 10,000 records.
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
	udp, tcp, err := listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		udp.Close()
		tcp.Close()
	})
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

// ServeHost serves a host that has a network of its own, at the address 127.0.0.1:53. It
// prints a line when it is ready, and does not return.
func (z Zone) ServeHost() {
	udp, tcp, err := listen("127.0.0.1:53")
	if err != nil {
		panic(err)
	}
	go z.serveTCP(tcp)
	fmt.Println("ready")
	z.serveUDP(udp)
}

func listen(address string) (udp net.PacketConn, tcp net.Listener, err error) {
	udp, err = net.ListenPacket("udp", address)
	if err != nil {
		return nil, nil, err
	}
	tcp, err = net.Listen("tcp", address)
	if err != nil {
		udp.Close()
	}
	return udp, tcp, err
}

// serveUDP answers until the connection is closed. If an answer is longer than 512
// octets, the client must ask again over TCP.
func (z Zone) serveUDP(c net.PacketConn) {
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

// serveTCP answers one query per connection until the listener is closed.
func (z Zone) serveTCP(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go z.serveConn(c)
	}
}

func (z Zone) serveConn(c net.Conn) {
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
