//go:build linux

package postgres

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"
)

// A proxy is between a store and a server. It can cut connections.
type proxy struct {
	address string

	mu   sync.Mutex
	sent int // writes of clients so far

	// Whether to cut at the n-th write: before the server has it, or after.
	cut func(n int, data []byte) (before, after bool)
}

// newProxy starts a proxy. Nothing is cut until cut is set.
func newProxy(t testing.TB, db *database) (p *proxy, url string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	_, rest, _ := strings.Cut(db.url, "://")
	server, name, _ := strings.Cut(rest, "/")
	p = &proxy{address: l.Addr().String()}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { p.serve(client, server) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		serving.Wait()
	})
	return p, "postgres://" + p.address + "/" + name
}

// serve copies between a client and the server until one of them ends.
func (p *proxy) serve(client net.Conn, address string) {
	defer client.Close()
	server, err := net.Dial("tcp", address)
	if err != nil {
		return
	}
	defer server.Close()
	go func() {
		io.Copy(client, server)
		client.Close()
	}()
	b := make([]byte, 64<<10)
	for {
		n, err := client.Read(b)
		if err != nil {
			return
		}
		before, after := p.isCut(b[:n])
		if before {
			return
		}
		if after { // the server has it, and its reply is lost
			client.Close()
		}
		if _, err := server.Write(b[:n]); err != nil {
			return
		}
		if after {
			server.(*net.TCPConn).CloseWrite() // the server has read all that was sent before
			io.Copy(io.Discard, server)
			return
		}
	}
}

func (p *proxy) isCut(data []byte) (before, after bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sent++
	if p.cut == nil {
		return false, false
	}
	return p.cut(p.sent, data)
}

// cutAt cuts one connection, at the n-th write of a client.
func (p *proxy) cutAt(n int, isAfter bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sent = 0
	p.cut = func(i int, _ []byte) (before, after bool) { return i == n && !isAfter, i == n && isAfter }
}

// cutCommit cuts the first connections at the end of a transaction.
func (p *proxy) cutCommit(connections int, isAfter bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cut = func(_ int, data []byte) (before, after bool) {
		if connections == 0 || !strings.Contains(string(data), "COMMIT") {
			return false, false
		}
		connections--
		return !isAfter, isAfter
	}
}

// writes returns the number of writes of clients since cutAt.
func (p *proxy) writes() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sent
}
