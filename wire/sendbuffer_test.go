//go:build linux || darwin

package wire

import (
	"errors"
	"net"
	"os"
	"syscall"
	"testing"
	"time"
)

// The system accepts little more than the server has read. Otherwise the timeout
// for the reply to the dot would run while megabytes are on their way.
func TestLimitSendBuffer(t *testing.T) {
	small := net.ListenConfig{Control: func(_, _ string, raw syscall.RawConn) error {
		return raw.Control(func(fd uintptr) { syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 64<<10) })
	}}
	l, err := small.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	c := &Client{raw: conn}
	c.attach(conn)
	defer c.drop()
	var n int
	for range 8 {
		var k int
		k, err = c.write(make([]byte, 1<<20), 500*time.Millisecond)
		n += k
		if err != nil {
			break
		}
	}
	if n > 1<<20 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%d octets written to a server that reads nothing, %v", n, err)
	}
}
