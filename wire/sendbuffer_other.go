//go:build !linux && !darwin

package wire

import "net"

func limitSendBuffer(net.Conn) {}
