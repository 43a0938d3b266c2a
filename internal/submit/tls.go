package submit

import (
	"crypto/tls"
	"fmt"

	"mailpipe/wire"
)

// offersTLS reports whether STARTTLS is possible.
func (c *conn) offersTLS() bool { return c.session.TLS != nil && c.peer != nil && !c.secure }

// startTLS answers STARTTLS (RFC 3207). Commands that came ahead of the handshake are
// not part of the session after it.
func (c *conn) startTLS(rest string) error {
	switch {
	case !c.offersTLS():
		return c.reply(500, "5.5.1 unknown command")
	case rest != "":
		return c.reply(501, "5.5.4 STARTTLS has no parameters")
	}
	takesEffect, err := c.answer("", 220, "2.0.0 ready for TLS")
	if err == nil {
		err = c.out.Flush()
	}
	if err != nil || !takesEffect {
		return err
	}
	return c.handshake()
}

// handshake begins TLS. The session begins again.
func (c *conn) handshake() error {
	c.stage = wire.StageHandshake
	peer := tls.Server(c.peer, c.session.TLS)
	if err := peer.Handshake(); err != nil {
		c.trace(wire.DirNote, err.Error())
		return errQuit
	}
	c.use(peer, peer)
	c.secure = true
	c.mail, c.hello = nil, ""
	state := peer.ConnectionState()
	c.trace(wire.DirNote, fmt.Sprintf("%s, %s", tls.VersionName(state.Version), tls.CipherSuiteName(state.CipherSuite)))
	return nil
}
