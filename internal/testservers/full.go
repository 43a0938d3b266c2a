package testservers

import (
	"fmt"
	"net"
	"time"
)

// ListenFull listens on an address, and accepts no connection: the queue of those
// that wait is full, so a client waits until its own time limit. Calling stop ends
// it.
func ListenFull(address string) (l net.Listener, stop func(), err error) {
	l, err = net.Listen("tcp", address)
	if err != nil {
		return nil, nil, err
	}
	waiting := []net.Conn{}
	stop = func() {
		l.Close()
		for _, conn := range waiting {
			conn.Close()
		}
	}
	if err := shortenQueue(l.(*net.TCPListener)); err != nil {
		stop()
		return nil, nil, err
	}
	for range 10 {
		conn, err := net.DialTimeout("tcp", l.Addr().String(), 200*time.Millisecond)
		if err != nil {
			return l, stop, nil
		}
		waiting = append(waiting, conn)
	}
	stop()
	return nil, nil, fmt.Errorf("the queue of %s does not get full", l.Addr())
}

// shortenQueue sets the length of a listener's queue to the minimum.
func shortenQueue(l *net.TCPListener) error {
	raw, err := l.SyscallConn()
	if err != nil {
		return err
	}
	var listenErr error
	if err := raw.Control(func(fd uintptr) { listenErr = listen(fd, 0) }); err != nil {
		return err
	}
	return listenErr
}
