package wire

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/emersion/go-sasl"
)

// A mechanism is one of the SASL mechanisms that a Login can name (RFC 4422).
type mechanism struct {
	name      string
	newClient func(user, secret string) sasl.Client
}

const (
	scramSHA256 = "SCRAM-SHA-256"
	scramSHA1   = "SCRAM-SHA-1"
	xoauth2     = "XOAUTH2"
	cramMD5     = "CRAM-MD5"
)

// mechanisms lists the best mechanism first. EXTERNAL is chosen only if the
// client has a certificate, CRAM-MD5 only on request.
var mechanisms = []mechanism{
	{scramSHA256, func(user, password string) sasl.Client {
		return &scramClient{name: scramSHA256, hash: sha256.New, user: user, password: password}
	}},
	{scramSHA1, func(user, password string) sasl.Client {
		return &scramClient{name: scramSHA1, hash: sha1.New, user: user, password: password}
	}},
	{sasl.Plain, func(user, password string) sasl.Client { return sasl.NewPlainClient("", user, password) }},
	{sasl.Login, func(user, password string) sasl.Client { return &loginClient{user: user, password: password} }},
	{sasl.OAuthBearer, newOAuthBearerClient},
	{xoauth2, newXOAuth2Client},
	{sasl.External, func(user, _ string) sasl.Client { return sasl.NewExternalClient(user) }},
	{cramMD5, func(user, password string) sasl.Client { return &cramMD5Client{user, password} }},
}

// Mechanisms returns the names that Login.Mechanism may have, in the order of
// preference.
func Mechanisms() []string {
	names := make([]string, len(mechanisms))
	for i := range mechanisms {
		names[i] = mechanisms[i].name
	}
	return names
}

// findMechanism returns the mechanism with the given name, or nil.
func findMechanism(name string) *mechanism {
	for i := range mechanisms {
		if strings.EqualFold(mechanisms[i].name, name) {
			return &mechanisms[i]
		}
	}
	return nil
}

// A finisher is a sasl.Client that knows more about the end of an exchange than
// the server's final reply says.
type finisher interface {
	// Finish returns an error if the server accepted the login but did not
	// prove its own identity. If the server refused the login, Finish returns
	// the reason that the server gave in a challenge, or nil.
	Finish(accepted bool) error
}

// A loginClient implements LOGIN (draft-murchison-sasl-login). The server
// prompts for the user name, then for the password. The texts of the prompts
// differ between servers and are ignored, whereas the client of go-sasl
// requires "Password:".
type loginClient struct {
	user, password string
	prompts        int // so far
}

func (l *loginClient) Start() (mech string, initial []byte, err error) {
	l.prompts = 0
	return sasl.Login, nil, nil
}

func (l *loginClient) Next([]byte) ([]byte, error) {
	l.prompts++
	switch l.prompts {
	case 1:
		return []byte(l.user), nil
	case 2:
		return []byte(l.password), nil
	}
	return nil, sasl.ErrUnexpectedServerChallenge
}

// A cramMD5Client implements CRAM-MD5 (RFC 2195).
type cramMD5Client struct{ user, password string }

func (c *cramMD5Client) Start() (mech string, initial []byte, err error) { return cramMD5, nil, nil }

func (c *cramMD5Client) Next(challenge []byte) ([]byte, error) {
	sum := hmac.New(md5.New, []byte(c.password))
	sum.Write(challenge)
	return []byte(c.user + " " + hex.EncodeToString(sum.Sum(nil))), nil
}

// A bearerClient sends an OAuth 2.0 bearer token. A server that rejects the
// token gives its reason in a challenge, as JSON, and sends its final reply
// after a dummy response (RFC 7628 §3.2.3). The client of go-sasl for
// OAUTHBEARER ends the exchange instead, and it does not escape the user name.
type bearerClient struct {
	name     string
	initial  string
	dummy    []byte // the response to the server's reason
	rejected bool
	reason   string
}

// newOAuthBearerClient returns a client for OAUTHBEARER (RFC 7628).
func newOAuthBearerClient(user, token string) sasl.Client {
	identity := ""
	if user != "" {
		identity = "a=" + saslName(user)
	}
	return &bearerClient{name: sasl.OAuthBearer, initial: "n," + identity + "," + bearer(token), dummy: []byte{1}}
}

// newXOAuth2Client returns a client for XOAUTH2, a mechanism of Google that
// Microsoft also offers.
func newXOAuth2Client(user, token string) sasl.Client {
	return &bearerClient{name: xoauth2, initial: "user=" + user + bearer(token)}
}

func bearer(token string) string { return "\x01auth=Bearer " + token + "\x01\x01" }

func (b *bearerClient) Start() (mech string, initial []byte, err error) {
	b.rejected, b.reason = false, ""
	return b.name, []byte(b.initial), nil
}

func (b *bearerClient) Next(challenge []byte) ([]byte, error) {
	if b.rejected {
		return nil, sasl.ErrUnexpectedServerChallenge
	}
	b.rejected, b.reason = true, string(challenge)
	return b.dummy, nil
}

func (b *bearerClient) Finish(accepted bool) error {
	if accepted || b.reason == "" {
		return nil
	}
	return fmt.Errorf("%w: %s", ErrToken, b.reason)
}

// saslName escapes a user name for a message whose fields are separated by
// commas (RFC 5802 §5.1).
func saslName(user string) string {
	return strings.NewReplacer("=", "=3D", ",", "=2C").Replace(user)
}
