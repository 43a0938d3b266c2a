package wire

import (
	"errors"
	"os"
	"syscall"
	"time"
)

// A writeTimeoutError means that the server read nothing for the timeout.
type writeTimeoutError struct{ timeout time.Duration }

func (e writeTimeoutError) Error() string {
	return "the server read nothing more for " + e.timeout.String()
}
func (writeTimeoutError) Unwrap() error { return os.ErrDeadlineExceeded }

// writeChecks is how many times per timeout a blocked write is interrupted to
// see whether the server has read anything. Without it, a stalled server would
// be noticed only after a second timeout.
const writeChecks = 16

// write writes p. The server must read each octetsPerTimeout octets within the timeout.
// p is written at once: many small writes would wake up the server as often.
func (c *Client) write(p []byte, timeout time.Duration) (n int, err error) {
	if _, isSocket := c.conn.(syscall.Conn); !isSocket {
		return c.writePieces(p, timeout)
	}
	deadline := time.Now().Add(timeout)
	target := octetsPerTimeout // what must be written by the deadline
	for n < len(p) {
		c.conn.SetWriteDeadline(time.Now().Add(timeout / writeChecks))
		k, err := c.conn.Write(p[n:])
		n += k
		if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			return n, err
		}
		if n >= target {
			target = n + octetsPerTimeout
			deadline = time.Now().Add(timeout)
		} else if err != nil && !time.Now().Before(deadline) {
			return n, err
		}
	}
	return n, nil
}

// writePieces is write for TLS, which cannot continue after a timeout.
func (c *Client) writePieces(p []byte, timeout time.Duration) (n int, err error) {
	for n < len(p) && err == nil {
		c.conn.SetWriteDeadline(time.Now().Add(timeout))
		piece := p[n:min(n+octetsPerTimeout, len(p))]
		var k int
		k, err = c.conn.Write(piece)
		n += k
	}
	return n, err
}
