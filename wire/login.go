package wire

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/emersion/go-sasl"
)

// Login holds the credentials for AUTH (RFC 4954). They are sent only over verified TLS or a Unix socket.
type Login struct {
	User      string
	Mechanism string // one of Mechanisms; empty: the best one that the server offers
	Password  string // the password, or the token of OAUTHBEARER and XOAUTH2

	// Secret returns the password; nil means Password. It is called at most once per connection, and only if the
	// password may be sent.
	Secret func() (string, error)

	// Client is a mechanism of the caller's own. If it is set, the other fields are ignored. Its Start is called
	// once per connection. If it has a method Finish(accepted bool) error, this is called at the end of the
	// exchange: after the server accepted the login, an error makes it fail (the server did not prove its identity);
	// after a refusal, the error is the reason that the server gave in a challenge.
	Client sasl.Client
}

var (
	// ErrInsecureAuth means that a login would go over an unprotected connection or to an unverified server.
	ErrInsecureAuth = errors.New("a password is sent only over verified TLS or a Unix socket")
	// ErrNoLogin means that the server does not offer a mechanism that the login can use.
	ErrNoLogin = errors.New("no usable login mechanism")
	// ErrToken means that the server gave a reason for rejecting a token (RFC 7628 §3.2.3).
	ErrToken = errors.New("token rejected")
)

const (
	maxCommand    = 512 // octets of a command with its line ending (RFC 5321 §4.5.3.1.4)
	maxChallenges = 5   // per exchange
)

// login authenticates the client (RFC 4954).
func (c *Client) login(ctx context.Context) error {
	login := c.server.Login
	if !c.isPrivate() {
		return c.loginError(ErrInsecureAuth)
	}
	if login.Client != nil {
		return c.authenticate(ctx, login.Client)
	}
	m, err := c.chooseMechanism()
	if err != nil {
		return c.loginError(err)
	}
	secret := ""
	if m.name != sasl.External {
		secret, err = login.secret()
		if err != nil {
			return c.loginError(err)
		}
	}
	client, err := m.newClient(login.User, secret)
	if err != nil {
		return c.loginError(err)
	}
	c.hide(secretForms(login.User, secret)...)
	return c.authenticate(ctx, client)
}

// isPrivate reports whether only the right server can read what is sent.
func (c *Client) isPrivate() bool {
	return c.verified || c.raw.RemoteAddr().Network() == "unix"
}

// chooseMechanism returns the mechanism that the login names, or the best one that the server offers.
func (c *Client) chooseMechanism() (*mechanism, error) {
	if name := c.server.Login.Mechanism; name != "" {
		m := findMechanism(name)
		if m == nil {
			return nil, fmt.Errorf("%w: unknown mechanism %s", ErrNoLogin, name)
		}
		return m, c.checkOffered(m.name)
	}
	for i := range mechanisms {
		m := &mechanisms[i]
		usable := m.name != cramMD5 && (m.name != sasl.External || c.hasCertificate())
		if usable && c.checkOffered(m.name) == nil {
			return m, nil
		}
	}
	return nil, fmt.Errorf("%w: the server offers %s", ErrNoLogin, c.offeredMechanisms())
}

// checkOffered returns an error unless the server offers the mechanism.
func (c *Client) checkOffered(name string) error {
	offered := c.offeredMechanisms()
	if slices.Contains(offered, strings.ToUpper(name)) {
		return nil
	}
	return fmt.Errorf("%w: the server offers %s, not %s", ErrNoLogin, offered, name)
}

// A nameList is a list of names that prints as "A, B".
type nameList []string

func (l nameList) String() string {
	if len(l) == 0 {
		return "none"
	}
	return strings.Join(l, ", ")
}

func (c *Client) offeredMechanisms() nameList {
	return strings.Fields(strings.ToUpper(c.extensions["AUTH"]))
}

// hasCertificate reports whether the client can authenticate itself by TLS.
func (c *Client) hasCertificate() bool {
	return c.tls != nil && c.server.TLS != nil && len(c.server.TLS.Certificates) > 0
}

func (l *Login) secret() (string, error) {
	switch {
	case l.Secret != nil:
		return l.Secret()
	case l.Password == "":
		return "", errors.New("missing password")
	}
	return l.Password, nil
}

// authenticate runs the exchange of a SASL mechanism: the server sends challenges and the client responds, until the
// server accepts or refuses the login (RFC 4954 §4).
func (c *Client) authenticate(ctx context.Context, client sasl.Client) error {
	name, initial, err := client.Start()
	if err != nil {
		return c.loginError(err)
	}
	err = c.checkOffered(name)
	if err != nil {
		return c.loginError(err)
	}
	command := "AUTH " + name
	shown := command
	withInitial := command + " " + encodeInitial(initial)
	fits := len(withInitial)+len("\r\n") <= maxCommand
	if initial != nil && fits {
		c.hide(encodeResponse(initial))
		command, shown, initial = withInitial, command+" "+hidden, nil
	}
	reply, err := c.hiddenCommand(ctx, StageAuth, command, shown)
	for challenges := 1; err == nil && reply.Code == 334; challenges++ {
		if challenges > maxChallenges {
			return c.fail(StageAuth, KindProtocol, Reply{}, fmt.Errorf("more than %d challenges", maxChallenges))
		}
		response := initial // too long for the command, so the first challenge is empty
		initial = nil
		if response == nil {
			response, err = respond(client, reply)
			if err != nil {
				return c.cancelLogin(ctx, err)
			}
		}
		line := encodeResponse(response)
		c.hide(line)
		reply, err = c.hiddenCommand(ctx, StageAuth, line, hidden)
	}
	if err != nil {
		return err
	}
	return c.finishLogin(client, reply)
}

// respond decodes the challenge in a reply and returns the response of the mechanism.
func respond(client sasl.Client, reply Reply) ([]byte, error) {
	if len(reply.Lines) != 1 {
		return nil, &protocolError{why: "invalid challenge: more than one line"}
	}
	challenge, err := base64.StdEncoding.DecodeString(strings.TrimSpace(reply.Lines[0]))
	if err != nil {
		return nil, &protocolError{why: "invalid challenge: not base64"}
	}
	return client.Next(challenge)
}

// finishLogin returns nil if the final reply accepts the login and the mechanism is satisfied, else an *Error.
func (c *Client) finishLogin(client sasl.Client, reply Reply) error {
	accepted := reply.Code == 235
	var reason error
	f, ok := client.(finisher)
	if ok {
		reason = c.redactError(f.Finish(accepted))
	}
	switch {
	case accepted && reason == nil:
		return nil
	case accepted:
		return c.loginError(reason)
	}
	e := c.refused(StageAuth, reply)
	if e.Kind == KindPermanent {
		e.Kind = KindAuthOrTLS
	}
	if reason != nil {
		e.Err = reason
	}
	return e
}

// cancelLogin ends an exchange that the client cannot continue (RFC 4954 §4). The error includes the server's reply.
func (c *Client) cancelLogin(ctx context.Context, err error) *Error {
	kind := KindAuthOrTLS
	var protocol *protocolError
	switch {
	case errors.Is(err, sasl.ErrUnexpectedServerChallenge):
		kind, err = KindProtocol, errors.New("unexpected challenge")
	case errors.As(err, &protocol):
		kind = KindProtocol
	}
	reply, commandErr := c.command(ctx, StageAuth, "*")
	if commandErr != nil || reply.Code == 334 {
		reply = Reply{}
	}
	return c.fail(StageAuth, kind, reply, c.redactError(err)) // it may quote a challenge
}

// loginError returns the error of a login that failed on the client's side.
func (c *Client) loginError(err error) *Error {
	return c.fail(StageAuth, KindAuthOrTLS, Reply{}, err)
}

// encodeInitial encodes an initial response, which is "=" if it is empty.
func encodeInitial(response []byte) string {
	if len(response) == 0 {
		return "="
	}
	return encodeResponse(response)
}

func encodeResponse(response []byte) string { return base64.StdEncoding.EncodeToString(response) }
