package wire

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
)

var (
	// ErrClear is in the error of a login that others could hear, or that might go to a stranger.
	ErrInsecureAuth = errors.New("a password goes only over verified TLS or a Unix socket")
	// ErrNoLogin is in the error of a server that does not offer what was asked for.
	ErrNoLogin = errors.New("the server does not offer this login")
	// ErrToken is in the error of a server that says why it refuses a token (RFC 7628 §3.2.3).
	ErrToken = errors.New("the server says")
)

const (
	maxCommand    = 512 // octets of a line with its end (RFC 5321 §4.5.3.1.4)
	maxChallenges = 5
)

// login tells the server who we are (RFC 4954).
func (c *Client) login(ctx context.Context) error {
	l := c.server.Login
	if !c.private() {
		return c.fail(StageAuth, KindAuthOrTLS, Reply{}, ErrInsecureAuth)
	}
	name, err := c.chooseMechanism()
	if err != nil {
		return c.fail(StageAuth, KindAuthOrTLS, Reply{}, err)
	}
	secret := ""
	if name != external {
		if secret, err = l.secret(); err != nil {
			return c.fail(StageAuth, KindAuthOrTLS, Reply{}, err)
		}
	}
	m, err := mechanisms[name](l.User, secret)
	if err != nil {
		return c.fail(StageAuth, KindAuthOrTLS, Reply{}, err)
	}
	c.hide(secretForms(l.User, secret)...)
	return c.exchange(ctx, name, m)
}

// private tells whether nobody but the right server hears what is said.
func (c *Client) private() bool {
	return c.verified || c.raw.RemoteAddr().Network() == "unix"
}

// chooseMechanism takes the one that was asked for, else the best that is offered.
func (c *Client) chooseMechanism() (string, error) {
	offered := strings.Fields(strings.ToUpper(c.extensions["AUTH"]))
	if asked := strings.ToUpper(c.server.Login.Mechanism); asked != "" {
		if mechanisms[asked] == nil {
			return "", fmt.Errorf("%w: %s is not known here", ErrNoLogin, asked)
		}
		if !slices.Contains(offered, asked) {
			return "", fmt.Errorf("%w: %s; it offers %s", ErrNoLogin, asked, list(offered))
		}
		return asked, nil
	}
	for _, name := range best {
		if slices.Contains(offered, name) && (name != external || c.hasCertificate()) {
			return name, nil
		}
	}
	return "", fmt.Errorf("%w: it offers %s", ErrNoLogin, list(offered))
}

func list(words []string) string {
	if len(words) == 0 {
		return "none"
	}
	return strings.Join(words, ", ")
}

// hasCertificate tells whether TLS has told the server who we are.
func (c *Client) hasCertificate() bool {
	return c.tls != nil && c.server.TLS != nil && len(c.server.TLS.Certificates) > 0
}

func (l *Login) secret() (string, error) {
	if l.Secret == nil {
		return "", errors.New("no password is known")
	}
	return l.Secret()
}

// exchange carries challenges and responses until the server says yes or no.
func (c *Client) exchange(ctx context.Context, name string, m *mechanism) error {
	line, pending := "AUTH "+name, m.initial
	shown := line
	if pending != nil && len(line)+1+base64.StdEncoding.EncodedLen(len(pending))+len("\r\n") <= maxCommand {
		line, shown = line+" "+c.encode(pending), shown+" "+hidden
		pending = nil
	}
	told := "" // what an OAuth server says of a refusal
	for challenges := 0; ; challenges++ {
		reply, err := c.hiddenCommand(ctx, StageAuth, line, shown)
		if err != nil {
			return err
		}
		switch {
		case reply.Code == 235:
			if m.end != nil {
				if err := m.end(); err != nil {
					return c.fail(StageAuth, KindAuthOrTLS, Reply{}, err)
				}
			}
			return nil
		case reply.Code != 334:
			return c.loginRefused(reply, told)
		case challenges == maxChallenges:
			return c.fail(StageAuth, KindProtocol, Reply{}, fmt.Errorf("over %d challenges", maxChallenges))
		}
		response := pending
		if pending = nil; response == nil {
			if response, told, err = m.answer(reply); err != nil {
				return c.cancel(ctx, err)
			}
		}
		line, shown = c.encodeResponse(response), hidden
	}
}

// loginRefused is the error of a final reply that is not a yes.
func (c *Client) loginRefused(reply Reply, told string) *Error {
	e := c.refused(StageAuth, reply)
	if e.Kind == KindPermanent {
		e.Kind = KindAuthOrTLS
	}
	if told != "" {
		e.Err = fmt.Errorf("%w %s", ErrToken, c.redacted(told))
	}
	return e
}

// cancel ends an exchange that cannot go on (RFC 4954 §4). The server may say
// why it made no sense.
func (c *Client) cancel(ctx context.Context, why error) *Error {
	kind := KindAuthOrTLS
	var protocol *protocolError
	if errors.As(why, &protocol) {
		kind = KindProtocol
	}
	reply, err := c.command(ctx, StageAuth, "*")
	if err != nil || reply.Code == 334 {
		reply = Reply{}
	}
	return c.fail(StageAuth, kind, reply, errors.New(c.redacted(why.Error()))) // a challenge may be quoted in it
}

// redacted takes the secrets out of a server's text and bounds it.
func (c *Client) redacted(text string) string {
	const shown = 1 << 10
	reply := Reply{Lines: []string{text}}
	if c.redact(&reply); len(reply.Lines[0]) > shown {
		return reply.Lines[0][:shown] + "..."
	}
	return reply.Lines[0]
}

// encode makes a response of octets, which must be seen nowhere.
func (c *Client) encode(response []byte) string {
	if len(response) == 0 {
		return "="
	}
	text := base64.StdEncoding.EncodeToString(response)
	c.hide(text)
	return text
}

// encodeResponse is encode for a line of its own, where nothing is nothing.
func (c *Client) encodeResponse(response []byte) string {
	if len(response) == 0 {
		return ""
	}
	return c.encode(response)
}

// secretForms are the ways a server could echo a secret, long ones first.
func secretForms(user, secret string) []string {
	if secret == "" {
		return nil
	}
	var forms []string
	for _, text := range []string{user + "\x00" + user + "\x00" + secret, "\x00" + user + "\x00" + secret, secret} {
		forms = append(forms, base64.StdEncoding.EncodeToString([]byte(text)), base64.RawStdEncoding.EncodeToString([]byte(text)))
	}
	return append(forms, secret)
}
