package wire

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/emersion/go-sasl"
)

// Login holds the credentials for AUTH (RFC 4954). They are sent only over
// verified TLS or a Unix socket.
type Login struct {
	User      string
	Mechanism string // one of Mechanisms; empty: the best one that the server offers
	Password  string // the password, or the token of OAUTHBEARER and XOAUTH2

	// Secret returns the password; nil means Password. It is called at most
	// once per connection, and only if the password may be sent.
	Secret func() (string, error)

	// Client is a mechanism of the caller's own. If it is set, the other fields
	// are ignored. Its Start is called once per connection. A Client that keeps
	// a state cannot serve two connections at the same time. If it has a method
	// Finish(accepted bool) error, this is called at the end of the exchange:
	// after the server accepted the login, an error makes it fail (the server
	// did not prove its identity); after a refusal, the error is the reason
	// that the server gave in a challenge.
	Client sasl.Client
}

var (
	// ErrInsecureAuth means that a login would go over an unprotected
	// connection or to an unverified server.
	ErrInsecureAuth = errors.New("a password is sent only over verified TLS or a Unix socket")
	// ErrNoLogin means that the server does not offer a mechanism that the
	// login can use.
	ErrNoLogin = errors.New("no usable login mechanism")
	// ErrToken means that the server gave a reason for rejecting a token
	// (RFC 7628 §3.2.3).
	ErrToken = errors.New("token rejected")
)

// login authenticates the client (RFC 4954).
func (c *Client) login(ctx context.Context) error {
	login := c.server.Login
	if !c.isPrivate() {
		return c.loginError(ErrInsecureAuth)
	}
	if login.Client != nil {
		_, err := c.authenticate(ctx, login.Client)
		return err
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
	c.secrets.hide(secretForms(login.User, secret)...)
	if strings.ContainsAny(login.User+secret, "\x00\x01") { // they separate the fields of some mechanisms
		return c.loginError(errors.New("invalid user or password: contains a control character"))
	}
	return c.loginWith(ctx, m, secret)
}

// loginWith authenticates the client with a mechanism, or with another one if
// the server refuses the first.
func (c *Client) loginWith(ctx context.Context, m *mechanism, secret string) error {
	user := c.server.Login.User
	reply, err := c.authenticate(ctx, m.newClient(user, secret))
	other := c.fallback(m, reply)
	if other == nil {
		return err
	}
	c.note(StageAuth, m.name+" was refused, trying "+other.name)
	c.refusal = asError(err)
	_, err = c.authenticate(ctx, other.newClient(user, secret))
	return err
}

// fallback returns PLAIN or LOGIN if one of them should be tried after the
// final reply to m, or nil. Servers offer SCRAM and CRAM-MD5 although they do
// not store passwords in a suitable form, and some answer 504 to what they
// offer.
func (c *Client) fallback(m *mechanism, reply Reply) *mechanism {
	isRefusal := (reply.class() == 4 || reply.class() == 5) && reply.Code != 421
	switch m.name {
	case sasl.Plain, sasl.Login:
		isRefusal = reply.Code == 504
	case scramSHA256, scramSHA1, cramMD5:
	default: // the secret is not a password
		return nil
	}
	if !isRefusal {
		return nil
	}
	for _, name := range []string{sasl.Plain, sasl.Login} {
		if name != m.name && c.checkOffered(name) == nil {
			return findMechanism(name)
		}
	}
	return nil
}

// isPrivate reports whether only the right server can read what is sent.
func (c *Client) isPrivate() bool {
	return c.verified || c.raw.RemoteAddr().Network() == "unix"
}

// chooseMechanism returns the mechanism that the login names, or the best one
// that the server offers.
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
		isUsable := m.name != cramMD5 && (m.name != sasl.External || c.hasCertificate())
		if isUsable && c.checkOffered(m.name) == nil {
			return m, nil
		}
	}
	return nil, c.noLogin("")
}

// checkOffered returns an error unless the server offers the mechanism.
func (c *Client) checkOffered(name string) error {
	if slices.Contains(c.offeredMechanisms(), strings.ToUpper(name)) {
		return nil
	}
	return c.noLogin(", not " + name)
}

func (c *Client) offeredMechanisms() []string {
	return strings.Fields(strings.ToUpper(c.extensions["AUTH"]))
}

// noLogin returns the error for a server that does not offer a mechanism. why is
// empty or continues the sentence.
func (c *Client) noLogin(why string) error {
	offered := cmp.Or(strings.Join(c.offeredMechanisms(), ", "), "none")
	return c.missing(fmt.Errorf("%w: the server offers %s%s", ErrNoLogin, offered, why))
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

// loginError returns the error of a login that failed on the client's side.
func (c *Client) loginError(err error) *Error {
	c.decide(StageAuth, DecisionNoLogin)
	return c.fail(StageAuth, KindAuthOrTLS, Reply{}, err)
}
