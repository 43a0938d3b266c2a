//go:build linux

package sharedspool

import (
	"bytes"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
)

// A gate is between a machine and its servers: the database and the mail server. It
// passes on what they send, and counts the pieces that the machine sends. A new
// connection counts as one, too. So a test can stop or kill the machine anywhere.
type gate struct {
	at     func(n int, piece []byte) bool // whether to call action for this piece, the first one has number 1
	action func(piece []byte)             // is called once, before the piece is passed on

	mu     sync.Mutex
	pieces int  // so far
	acted  bool // action was called
}

// pieceNumber returns a function for at that chooses the piece with a number.
func pieceNumber(number int) func(int, []byte) bool {
	return func(n int, _ []byte) bool { return n == number }
}

// pieceWith returns a function for at that chooses the first piece with those words.
func pieceWith(words string) func(int, []byte) bool {
	return func(_ int, piece []byte) bool { return bytes.Contains(piece, []byte(words)) }
}

// listen returns an address that leads to another one.
func (g *gate) listen(t testing.TB, address string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			go g.pass(client, address)
		}
	}()
	return l.Addr().String()
}

// pass passes on what both ends of a connection send.
func (g *gate) pass(client net.Conn, address string) {
	defer client.Close()
	g.count([]byte("connection to " + address))
	server, err := net.Dial("tcp", address)
	if err != nil {
		return
	}
	defer server.Close()
	go func() {
		_, _ = io.Copy(client, server)
		client.Close()
	}()
	piece := make([]byte, 64<<10)
	for {
		n, err := client.Read(piece)
		if err != nil {
			return
		}
		g.count(piece[:n])
		if _, err := server.Write(piece[:n]); err != nil {
			return
		}
	}
}

// count counts a piece.
func (g *gate) count(piece []byte) {
	g.mu.Lock()
	g.pieces++
	acts := !g.acted && g.at != nil && g.at(g.pieces, piece)
	g.acted = g.acted || acts
	g.mu.Unlock()
	if acts {
		g.action(piece)
	}
}

// total returns how many pieces have passed.
func (g *gate) total() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.pieces
}

// behind returns a machine behind a gate.
func (m *machine) behind(g *gate) *machine {
	m.t.Helper()
	before, rest, _ := strings.Cut(m.spool, "://")
	address, db, _ := strings.Cut(rest, "/")
	spool := before + "://" + g.listen(m.t, address) + "/" + db
	return m.site.newMachine(spool, "smtp://"+g.listen(m.t, strings.TrimPrefix(m.server, "smtp://")))
}
