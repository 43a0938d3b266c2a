package wire

import (
	"cmp"
	"context"
	"net"
	"strconv"
	"strings"
)

// greet waits for the server's first words: 220 and nothing else will do
// (RFC 5321 §4.3.2).
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

// hello says EHLO, LHLO to an LMTP server, and HELO where EHLO is not known
// (RFC 5321 §3.2). It forgets what an earlier one learned.
func (c *Client) hello(ctx context.Context) error {
	c.extensions, c.limit, c.mailLimit = nil, defaultLimit, 0
	verb := "EHLO "
	if c.server.LMTP {
		verb = "LHLO "
	}
	reply, err := c.command(ctx, StageHello, verb+c.helloName())
	if err != nil {
		return err
	}
	switch reply.class() {
	case 2:
		c.extensions = parseExtensions(reply.Lines)
		c.limit = cmp.Or(announced(c.extensions, "RCPTMAX"), defaultLimit)
		c.mailLimit = announced(c.extensions, "MAILMAX")
		return nil
	case 5:
		if c.server.LMTP {
			return c.refused(StageHello, reply)
		}
	default:
		return c.refused(StageHello, reply)
	}
	if reply, err = c.command(ctx, StageHello, "HELO "+c.helloName()); err != nil {
		return err
	}
	if reply.class() != 2 {
		return c.refused(StageHello, reply)
	}
	return nil
}

// helloName is the name given, else the socket's address as a literal
// (RFC 5321 §4.1.3): it is true, which "localhost" would not be.
func (c *Client) helloName() string {
	if c.server.Hello != "" {
		return c.server.Hello
	}
	addr, ok := c.raw.LocalAddr().(*net.TCPAddr)
	switch {
	case !ok || len(addr.IP) == 0: // a Unix socket, a child
		return "[127.0.0.1]"
	case addr.IP.To4() != nil:
		return "[" + addr.IP.String() + "]"
	}
	return "[IPv6:" + addr.IP.String() + "]"
}

// parseExtensions reads the lines after the first: a keyword, in any case, and
// its parameters after blanks, or after = as old servers write AUTH.
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
		if keyword == "AUTH" { // may be there in both spellings
			params = strings.TrimSpace(extensions[keyword] + " " + params)
		}
		extensions[keyword] = params
	}
	return extensions
}

// offers tells whether EHLO named an extension.
func (c *Client) offers(keyword string) bool {
	_, ok := c.extensions[keyword]
	return ok
}

// defaultLimit is what every server must take (RFC 5321 §4.5.3.1.8).
const defaultLimit = 100

// announced is a number that LIMITS says (RFC 9422 §4), 0 where it does not.
func announced(extensions map[string]string, what string) int {
	for _, limit := range strings.Fields(extensions["LIMITS"]) {
		name, value, _ := strings.Cut(limit, "=")
		if n, err := strconv.Atoi(value); err == nil && n > 0 && strings.EqualFold(name, what) {
			return n
		}
	}
	return 0
}

// sizeLimit is the server's limit of a message (RFC 1870 §4); 0: none is known.
func (c *Client) sizeLimit() int64 {
	n, err := strconv.ParseInt(c.extensions["SIZE"], 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}
