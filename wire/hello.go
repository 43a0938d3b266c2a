package wire

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
)

// ErrNoEHLO means that the server refused EHLO and then accepted HELO. Such a
// server offers no extensions, so each error about a missing one wraps it.
var ErrNoEHLO = errors.New("EHLO was refused")

// greet reads the greeting. Only 220 is a greeting (RFC 5321 §4.3.2).
func (c *Client) greet(ctx context.Context) error {
	reply, err := c.reply(ctx, StageGreeting)
	if err != nil {
		return err
	}
	if reply.Code != 220 {
		return c.refused(StageGreeting, reply)
	}
	return nil
}

// hello sends EHLO, or LHLO to an LMTP server, and HELO if EHLO is refused
// (RFC 5321 §3.2). It replaces what is known about the server.
func (c *Client) hello(ctx context.Context) error {
	c.extensions, c.limit, c.mailLimit, c.noEHLO = nil, defaultLimit, 0, nil
	verb := "EHLO "
	if c.server.LMTP {
		verb = "LHLO "
	}
	reply, err := c.command(ctx, StageHello, verb+c.helloName())
	if err != nil {
		return err
	}
	if reply.class() == 5 && !c.server.LMTP {
		return c.helo(ctx, reply)
	}
	if reply.class() != 2 {
		return c.refused(StageHello, reply)
	}
	c.extensions = parseExtensions(reply.Lines)
	c.limit = cmp.Or(announcedLimit(c.extensions, "RCPTMAX"), defaultLimit)
	c.mailLimit = announcedLimit(c.extensions, "MAILMAX")
	return nil
}

// helo sends HELO after EHLO was refused. If HELO is refused too, or the server
// closes the connection, the error has the reply to EHLO, which says why.
func (c *Client) helo(ctx context.Context, refusal Reply) error {
	c.noEHLO = fmt.Errorf("%w: %s", ErrNoEHLO, refusal)
	refused := c.refused(StageHello, refusal)
	c.refusal = refused
	c.decide(StageHello, DecisionHELO)
	reply, err := c.command(ctx, StageHello, "HELO "+c.helloName())
	switch {
	case err != nil:
		return err
	case reply.class() == 5:
		return refused
	case reply.class() != 2:
		return c.refused(StageHello, reply)
	}
	return nil
}

// missing returns the error of a missing extension, with the reason if the
// server refused EHLO.
func (c *Client) missing(err error) error {
	if c.noEHLO == nil {
		return err
	}
	return fmt.Errorf("%w: %w", err, c.noEHLO)
}

// helloName returns the client's name: Server.Hello, or the address of the
// socket as a literal (RFC 5321 §4.1.3).
func (c *Client) helloName() string {
	if c.server.Hello != "" {
		return c.server.Hello
	}
	addr, ok := c.raw.LocalAddr().(*net.TCPAddr)
	switch {
	case !ok || len(addr.IP) == 0: // a Unix socket or a child process
		return "[127.0.0.1]"
	case addr.IP.To4() != nil:
		return "[" + addr.IP.String() + "]"
	}
	return "[IPv6:" + addr.IP.String() + "]"
}

// parseExtensions parses the lines after the first: each has a keyword in any
// case, then its parameters after spaces, or after "=" as old servers write
// AUTH.
func parseExtensions(lines []string) map[string]string {
	extensions := make(map[string]string)
	for _, line := range lines[1:] {
		line = strings.TrimSpace(line)
		end := strings.IndexAny(line, " \t=")
		if end < 0 {
			end = len(line)
		}
		keyword := strings.ToUpper(line[:end])
		if keyword == "" {
			continue
		}
		params := strings.Join(strings.Fields(strings.TrimLeft(line[end:], " \t=")), " ")
		if keyword == "AUTH" { // some servers send it in both forms
			params = strings.TrimSpace(extensions[keyword] + " " + params)
		}
		extensions[keyword] = params
	}
	return extensions
}

// pipelines reports whether commands are sent in groups (RFC 2920).
func (c *Client) pipelines() bool { return c.offers("PIPELINING") && !c.server.NoPipelining }

// offers reports whether the server offers an extension.
func (c *Client) offers(keyword string) bool {
	_, ok := c.extensions[keyword]
	return ok
}

// defaultLimit is the number of recipients that every server must accept
// (RFC 5321 §4.5.3.1.8).
const defaultLimit = 100

// announcedLimit returns a limit that the LIMITS extension announces (RFC 9422
// §4), or 0.
func announcedLimit(extensions map[string]string, keyword string) int {
	for _, limit := range strings.Fields(extensions["LIMITS"]) {
		name, value, _ := strings.Cut(limit, "=")
		n, err := strconv.Atoi(value)
		if err == nil && n > 0 && strings.EqualFold(name, keyword) {
			return n
		}
	}
	return 0
}

// sizeLimit returns the server's limit for the size of a message (RFC 1870 §4),
// or 0 if it is unknown.
func (c *Client) sizeLimit() int64 {
	n, err := strconv.ParseInt(c.extensions["SIZE"], 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}
