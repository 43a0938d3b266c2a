package main

import (
	"net"
	"sync"
	"time"
)

// relay carries connections to a server and holds back what goes either way.
// It counts the turns of the server: each is a flight that the client waits for.
type relay struct {
	addr    string
	mu      sync.Mutex
	flights int
	server  bool // who spoke last
}

func newRelay(to string, delay time.Duration) (*relay, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &relay{addr: l.Addr().String()}
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

// count sees a block. What the client says last, TLS's good-bye, has no answer
// and is not counted.
func (r *relay) count(server bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if server && !r.server {
		r.flights++
	}
	r.server = server
}

// take returns the flights since the last call, the greeting being one.
func (r *relay) take() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := r.flights
	r.flights, r.server = 0, false
	return n
}
