package main

import (
	"net"
	"sync"
	"time"
)

// relay carries connections to a server and holds back what goes either way.
// It counts the flights of the client: runs of octets between two of the server's.
type relay struct {
	addr    string
	mu      sync.Mutex
	delay   time.Duration
	flights int
	server  bool      // who spoke last
	last    time.Time // when the client spoke last
}

func newRelay(to string, delay time.Duration) (*relay, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &relay{addr: l.Addr().String(), delay: delay}
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", to)
			if err != nil {
				client.Close()
				continue
			}
			go r.carry(server, client, false, delay)
			go r.carry(client, server, true, delay)
		}
	}()
	return r, nil
}

// carry copies one direction; each block leaves delay after it came.
func (r *relay) carry(dst, src net.Conn, server bool, delay time.Duration) {
	type block struct {
		data []byte
		due  time.Time
	}
	line := make(chan block, 10000)
	go func() {
		defer close(line)
		for {
			data := make([]byte, 64<<10)
			n, err := src.Read(data)
			if err != nil {
				return
			}
			r.count(server)
			line <- block{data[:n], time.Now().Add(delay)}
		}
	}()
	for b := range line {
		time.Sleep(time.Until(b.due))
		if _, err := dst.Write(b.data); err != nil {
			break
		}
	}
	if c, ok := dst.(*net.TCPConn); ok {
		_ = c.CloseWrite()
	}
}

// count sees a block. A flight of the client begins when the server has
// spoken and the client has waited: the tickets of TLS 1.3 come unasked, and
// nobody waits for them.
func (r *relay) count(server bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !server {
		if r.server && time.Since(r.last) > r.delay {
			r.flights++
		}
		r.last = time.Now()
	}
	r.server = server
}

// take returns the flights since the last call. The greeting is one: the
// client waits for it.
func (r *relay) take() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := r.flights + 1
	r.flights, r.server = 0, false
	return n
}
