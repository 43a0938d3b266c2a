package submit

import (
	"errors"
	"io"
	"net"
	"os"
	"time"
)

// errIdle means that the client was silent for too long.
var errIdle = errors.New("idle for too long")

// An idleReader is a pipe whose writer is cut off if a Read takes too long.
type idleReader struct {
	*io.PipeReader
	w     *io.PipeWriter
	limit time.Duration
}

func (r *idleReader) Read(p []byte) (int, error) {
	defer time.AfterFunc(r.limit, func() { r.w.CloseWithError(errIdle) }).Stop()
	return r.PipeReader.Read(p)
}

// An idleConn is a connection with a time limit for each Read and Write.
type idleConn struct {
	net.Conn
	limit time.Duration // 0 means no limit
	err   error         // the first one of Read; all later Reads return it
}

func (c *idleConn) Read(p []byte) (n int, err error) {
	if c.err != nil {
		return 0, c.err
	}
	if err := c.SetReadDeadline(c.deadline()); err != nil {
		return 0, err
	}
	n, c.err = c.Conn.Read(p)
	if errors.Is(c.err, os.ErrDeadlineExceeded) {
		c.err = errIdle
	}
	return n, c.err
}

func (c *idleConn) Write(p []byte) (int, error) {
	if err := c.SetWriteDeadline(c.deadline()); err != nil {
		return 0, err
	}
	return c.Conn.Write(p)
}

func (c *idleConn) deadline() time.Time {
	if c.limit == 0 {
		return time.Time{}
	}
	return time.Now().Add(c.limit)
}
