package wire

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

var (
	errClosed     = errors.New("the server closed the connection")
	errCut        = errors.New("the server closed the connection in the middle of a reply")
	errUnexpected = &protocolError{why: "an unexpected reply"}
)

// errNoReply says how long a reply was waited for.
type errNoReply struct{ wait time.Duration }

func (e errNoReply) Error() string { return "no whole reply within " + e.wait.String() }

// errNotTaken says how long the server was waited for to take what is written.
type errNotTaken struct{ wait time.Duration }

func (e errNotTaken) Error() string { return "the server took no more within " + e.wait.String() }
func (errNotTaken) Unwrap() error   { return os.ErrDeadlineExceeded }

// maxUnread is what may wait to be taken before the connection is no longer read.
const maxUnread = 2 * maxReply

// input reads a connection all the time: what nobody asked for is seen before
// the next flight is written, and no flight can deadlock on unread replies.
type input struct {
	mu     sync.Mutex
	unread []byte
	err    error         // why reading ended
	grown  chan struct{} // capacity 1: unread or err changed
	room   chan struct{} // capacity 1: unread was taken
	stop   chan struct{} // closed by halt
	ended  chan struct{} // closed when the reader has returned
}

func readAll(conn net.Conn) *input {
	in := &input{
		grown: make(chan struct{}, 1), room: make(chan struct{}, 1),
		stop: make(chan struct{}), ended: make(chan struct{}),
	}
	go in.read(conn)
	return in
}

func (in *input) read(conn io.Reader) {
	defer close(in.ended)
	p := make([]byte, 4096)
	for {
		n, err := conn.Read(p)
		in.mu.Lock()
		in.unread = append(in.unread, p[:n]...)
		in.err = err
		full := len(in.unread) >= maxUnread
		in.mu.Unlock()
		signal(in.grown)
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

// halt ends the reading, which conn's deadline interrupts, and gives what is
// unread. The connection can be read by another afterwards.
func (in *input) halt(conn net.Conn) []byte {
	close(in.stop)
	conn.SetReadDeadline(time.Unix(1, 0))
	<-in.ended
	conn.SetReadDeadline(time.Time{})
	return in.unread
}

// waiting tells whether octets came that nobody took.
func (in *input) waiting() bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	return len(in.unread) > 0
}

// over tells why reading has ended, when there is nothing left to take.
func (in *input) over() error {
	in.mu.Lock()
	defer in.mu.Unlock()
	if len(in.unread) > 0 {
		return nil
	}
	return in.end()
}

// end is why reading ended, nil while it goes on.
func (in *input) end() error { return bare(in.err) }

// bare takes off what package net writes around an error, since addresses say
// nothing of a connection that was made, and has one word for all closed ends.
func bare(err error) error {
	if isClosed(err) {
		return errClosed
	}
	if op := new(net.OpError); errors.As(err, &op) && !isAlert(err) {
		err = op.Err
	}
	if call := new(os.SyscallError); errors.As(err, &call) {
		err = call.Err
	}
	return err
}

// isClosed tells the errors of a connection that one side has closed.
func isClosed(err error) bool {
	for _, end := range []error{io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, io.ErrClosedPipe, syscall.EPIPE} {
		if errors.Is(err, end) {
			return true
		}
	}
	return false
}

// feed hands unread octets to the parser and keeps what follows the reply.
func (in *input) feed(p *replyParser) (whole bool, err error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	n, whole, err := p.feed(in.unread)
	if in.unread = in.unread[n:]; len(in.unread) == 0 {
		in.unread = nil
	}
	signal(in.room)
	if whole || err != nil {
		return whole, err
	}
	if err = in.end(); err == errClosed && p.begun() {
		err = errCut
	}
	return false, err
}

// reply waits for one whole reply, however slowly its octets come.
func (in *input) reply(ctx context.Context, wait time.Duration) (Reply, error) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	var p replyParser
	for {
		if whole, err := in.feed(&p); whole || err != nil {
			return p.reply, err
		}
		select {
		case <-in.grown:
		case <-timer.C:
			return Reply{}, errNoReply{wait}
		case <-ctx.Done():
			return Reply{}, context.Cause(ctx)
		}
	}
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
