package main

import (
	"bytes"
	"crypto/sha256"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"testing"
	"testing/iotest"

	"crypto/tls"
)

// TestEnd finds the end of content whatever the blocks.
func TestEnd(t *testing.T) {
	for _, c := range []struct {
		content string
		want    int
	}{
		{"a\r\n.\r\n", 6}, {".\r\n", 3}, {"a\r\n..\r\n.\r\nQUIT\r\n", 10}, {"a.\r\n", -1}, {"\r\n.", -1}, {".x\r\n.\r\n", 7}, {"\r\n.\r", -1},
	} {
		for size := 1; size <= len(c.content); size++ {
			e, got := newEnd(), -1
			for at := 0; at < len(c.content) && got < 0; at += size {
				if i := e.find([]byte(c.content[at:min(len(c.content), at+size)])); i >= 0 {
					got = at + i
				}
			}
			if got != c.want {
				t.Errorf("%q by %d: %d, want %d", c.content, size, got, c.want)
			}
		}
	}
}

// TestCopy sends a message to the sink, which must count and hash what came.
func TestCopy(t *testing.T) {
	s, err := newSink(tls.Certificate{}, make([]byte, 4<<20))
	if err != nil {
		t.Fatal(err)
	}
	message := make([]byte, 1<<20)
	_, _ = rand.NewChaCha8([32]byte{}).Read(message)
	message = append(bytes.ReplaceAll(message, []byte("."), nil), "\r\n"...)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	stdin := os.Stdin
	os.Stdin = r
	defer func() { os.Stdin = stdin }()
	go func() {
		_, _ = io.Copy(w, iotest.HalfReader(bytes.NewReader(message)))
		w.Close()
	}()
	if err := copyToSocket(s.addr); err != nil {
		t.Fatal(err)
	}
	if m := <-s.mails; m.size != int64(len(message)) || m.sum != sha256.Sum256(message) || m.to != 1 {
		t.Errorf("%d octets for %d, want %d", m.size, m.to, len(message))
	}
}

// TestRelay counts the flights of a client that asks twice.
func TestRelay(t *testing.T) {
	s, err := newSink(tls.Certificate{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := newRelay(s.addr, 0)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", r.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	one := make([]byte, 100)
	for _, line := range []string{"", "NOOP\r\n", "NOOP\r\n"} {
		if _, err := io.WriteString(conn, line); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Read(one); err != nil {
			t.Fatal(err)
		}
	}
	if n := r.take(); n != 3 {
		t.Errorf("%d flights, want 3", n)
	}
}
