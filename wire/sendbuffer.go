//go:build linux || darwin

package wire

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// limitSendBuffer limits what the system accepts for a TCP connection but has not
// sent yet. Otherwise megabytes of content could be on their way to a slow server
// when the timeout for the reply to the dot begins. Errors do not matter.
func limitSendBuffer(conn net.Conn) {
	socket, ok := conn.(syscall.Conn)
	if !ok {
		return
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return
	}
	raw.Control(func(fd uintptr) {
		unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_NOTSENT_LOWAT, 2*octetsPerTimeout)
	})
}
