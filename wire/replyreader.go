package wire

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"time"

	"mailpipe/internal/oserror"
)

var (
	errClosed        = errors.New("the server closed the connection")
	errClosedInReply = errors.New("the server closed the connection in the middle of a reply")
)

// A replyTimeoutError means that no complete reply arrived within the timeout.
type replyTimeoutError struct{ timeout time.Duration }

func (e replyTimeoutError) Error() string { return "no complete reply within " + e.timeout.String() }

// maxUnread is the number of unread octets from which on the connection is not
// read any further.
const maxUnread = 2 * maxReply

// A replyReader reads a connection all the time, in a goroutine of its own. So an
// unsolicited reply is noticed before the next command is sent, and a command
// group cannot block because the server waits until its replies are read.
type replyReader struct {
	mu     sync.Mutex
	unread []byte
	err    error // why reading ended

	changed chan struct{} // has capacity 1; receives when unread or err changes
	room    chan struct{} // has capacity 1; receives when unread becomes shorter
	stop    chan struct{} // closed by close
	closed  chan struct{} // closed when the goroutine ends
}

// newReplyReader returns a reader that reads conn until it ends, or until halt or
// close is called.
func newReplyReader(conn net.Conn) *replyReader {
	in := &replyReader{
		changed: make(chan struct{}, 1),
		room:    make(chan struct{}, 1),
		stop:    make(chan struct{}),
		closed:  make(chan struct{}),
	}
	go in.run(conn)
	return in
}

func (in *replyReader) run(conn io.Reader) {
	defer close(in.closed)
	p := make([]byte, 4096)
	for {
		n, err := conn.Read(p)
		in.mu.Lock()
		in.unread = append(in.unread, p[:n]...)
		in.err = err
		full := len(in.unread) >= maxUnread
		in.mu.Unlock()
		notify(in.changed)
		if err != nil {
			return
		}
		if full {
			select {
			case <-in.room:
			case <-in.stop:
				return
			}
		}
	}
}

// close ends reading, but does not interrupt a Read of the connection.
func (in *replyReader) close() {
	select {
	case <-in.stop:
	default:
		close(in.stop)
	}
}

// halt ends reading and returns what is unread. Afterwards conn is not used any
// more.
func (in *replyReader) halt(conn net.Conn) []byte {
	in.close()
	conn.SetReadDeadline(time.Unix(1, 0)) // interrupts Read
	<-in.closed
	conn.SetReadDeadline(time.Time{})
	return in.unread
}

// hasInput reports whether something is unread.
func (in *replyReader) hasInput() bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	return len(in.unread) > 0
}

// ended returns why reading has ended, if everything is read. Otherwise it
// returns nil.
func (in *replyReader) ended() error {
	in.mu.Lock()
	defer in.mu.Unlock()
	if len(in.unread) > 0 {
		return nil
	}
	return plainError(in.err)
}

// reply reads one reply. The timeout is for all of it, however slowly its octets
// arrive.
func (in *replyReader) reply(ctx context.Context, timeout time.Duration) (Reply, error) {
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	var p replyParser
	for {
		complete, err := in.feed(&p)
		if complete || err != nil {
			return p.reply, err
		}
		select {
		case <-in.changed:
		case <-timer.C:
			return Reply{}, replyTimeoutError{timeout}
		case <-ctx.Done():
			return Reply{}, context.Cause(ctx)
		}
	}
}

// feed passes unread octets to the parser, up to the end of the reply.
func (in *replyReader) feed(p *replyParser) (complete bool, err error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	n, complete, err := p.feed(in.unread)
	in.unread = in.unread[n:]
	if len(in.unread) == 0 {
		in.unread = nil // frees the memory
	}
	notify(in.room)
	if complete || err != nil {
		return complete, err
	}
	err = plainError(in.err)
	if err == errClosed && p.size > 0 {
		err = errClosedInReply
	}
	return false, err
}

// notify sends to a channel of capacity 1, unless it is full.
func notify(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// plainError returns an error of a connection without what package net adds to
// it, such as addresses. It returns errClosed for all errors of a connection that
// one side has closed.
func plainError(err error) error {
	if isClosed(err) {
		return errClosed
	}
	var op *net.OpError
	if errors.As(err, &op) && !isAlert(err) {
		err = op.Err
	}
	var call *os.SyscallError
	if errors.As(err, &call) {
		err = call.Err
	}
	return err
}

// isClosed reports whether err is one of a connection that one side has closed.
func isClosed(err error) bool {
	for _, closed := range []error{io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, io.ErrClosedPipe} {
		if errors.Is(err, closed) {
			return true
		}
	}
	return oserror.BrokenPipe(err)
}

// isClosedByServer reports whether err, of plainError, says that the server ended
// the connection.
func isClosedByServer(err error) bool {
	return errors.Is(err, errClosed) || errors.Is(err, errClosedInReply) || oserror.Reset(err)
}
