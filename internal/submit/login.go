package submit

import (
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"slices"
	"strings"

	"mailpipe/wire"
)

// A Login is who may log in. A session with a Login requires one before MAIL.
type Login struct {
	User     string
	Password string
	Any      bool // any user with any password
	Clear    bool // also without TLS
}

// A mechanism conducts an exchange (RFC 4954 §4) and reports whether the client may log
// in. ask sends a challenge and returns the response.
type mechanism struct {
	name    string
	conduct func(l *Login, ask func(challenge string) (string, error)) (bool, error)
}

// mechanisms returns those that the session offers now. SCRAM verifies one password, so
// it is not offered if any is valid.
func (c *conn) mechanisms() []mechanism {
	l := c.session.Login
	switch {
	case l == nil, !c.secure && !l.Clear:
		return nil
	case l.Any:
		return []mechanism{{"PLAIN", plain}, {"LOGIN", login}}
	}
	return []mechanism{{"SCRAM-SHA-256", scramSHA256}, {"PLAIN", plain}, {"LOGIN", login}}
}

// Errors of an exchange.
var (
	errEncoding  = errors.New("invalid base64")
	errResponse  = errors.New("invalid response")
	errCancelled = errors.New("cancelled")
)

// auth answers AUTH and conducts the exchange.
func (c *conn) auth(rest string) error {
	name, initial, hasInitial := strings.Cut(rest, " ")
	offered := c.mechanisms()
	i := slices.IndexFunc(offered, func(m mechanism) bool { return strings.EqualFold(m.name, name) })
	switch {
	case c.session.Login == nil:
		return c.reply(500, "5.5.1 unknown command")
	case offered == nil:
		return c.reply(538, "5.7.11 a login requires TLS")
	case c.loggedIn, c.mail != nil:
		return c.reply(503, "5.5.1 AUTH is not possible now")
	case i < 0:
		return c.reply(504, "5.5.4 unsupported mechanism")
	}
	ask := func(challenge string) (string, error) {
		if hasInitial {
			hasInitial = false
			if initial == "=" { // empty
				initial = ""
			}
			return decodeResponse(initial)
		}
		return c.ask(challenge)
	}
	valid, err := offered[i].conduct(c.session.Login, ask)
	switch {
	case err == errEncoding, err == errResponse:
		return c.reply(501, "5.5.2 "+err.Error())
	case err == errCancelled:
		return c.reply(501, "5.7.0 cancelled")
	case err != nil:
		return err
	}
	reply := Reply{535, "5.7.8 wrong user name or password"}
	if valid {
		reply = Reply{235, "2.7.0 logged in"}
	}
	if r := c.replacement(""); r != (Reply{}) {
		reply = r
	}
	c.loggedIn = reply.Code/100 == 2
	return c.reply(reply.Code, reply.Text)
}

// ask sends a challenge and reads the response. Neither is traced, because they are
// secrets.
func (c *conn) ask(challenge string) (string, error) {
	c.trace(wire.DirReceived, "334 "+hidden)
	c.out.WriteString("334 " + base64.StdEncoding.EncodeToString([]byte(challenge)) + "\r\n")
	line, err := c.line()
	switch {
	case err != nil:
		return "", err
	case line == "*":
		c.trace(wire.DirSent, line)
		return "", errCancelled
	}
	c.trace(wire.DirSent, hidden)
	return decodeResponse(line)
}

const hidden = "[hidden]"

func decodeResponse(line string) (string, error) {
	b, err := base64.StdEncoding.DecodeString(line)
	if err != nil {
		return "", errEncoding
	}
	return string(b), nil
}

// plain implements PLAIN (RFC 4616).
func plain(l *Login, ask func(string) (string, error)) (bool, error) {
	response, err := ask("")
	if err != nil {
		return false, err
	}
	words := strings.Split(response, "\x00")
	if len(words) != 3 {
		return false, errResponse
	}
	return l.allows(words[1], words[2]), nil
}

// login implements LOGIN (draft-murchison-sasl-login).
func login(l *Login, ask func(string) (string, error)) (bool, error) {
	user, err := ask("Username:")
	if err != nil {
		return false, err
	}
	password, err := ask("Password:")
	return l.allows(user, password), err
}

func (l *Login) allows(user, password string) bool {
	if l.Any {
		return user != ""
	}
	return user == l.User && subtle.ConstantTimeCompare([]byte(password), []byte(l.Password)) == 1
}
