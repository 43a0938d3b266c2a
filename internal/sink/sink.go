// Package sink is an SMTP server on loopback for trying things out.
package sink

import (
	"context"
	"net"
)

// Options of a sink. The zero value accepts and discards.
type Options struct {
	Dir   string                                  // a Maildir, made when missing; empty: none
	Mbox  interface{ Write([]byte) (int, error) } // mails in mbox format; nil: none
	Count int                                     // ends after so many mails; 0: never
	Reply map[string]int                          // stage (greeting, ehlo, mail, rcpt, data, dot, quit) → code
}

// Serve answers on l until ctx ends or Count mails were kept. It closes l.
func Serve(ctx context.Context, l net.Listener, opt Options) error { panic("unwritten") }
