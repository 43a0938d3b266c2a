//go:build linux || darwin

package wire

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// keepUnsent lets the system hold no more than two pieces that it has not
// sent yet. It would take megabytes ahead, whose way to a slow server no wait is
// meant for: that for the reply to the dot would run while they are sent. That
// it cannot be done, or is no TCP, does not matter.
func keepUnsent(conn net.Conn) {
	socket, ok := conn.(syscall.Conn)
	if !ok {
		return
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return
	}
	raw.Control(func(fd uintptr) {
		unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_NOTSENT_LOWAT, 2*maxPiece)
	})
}
