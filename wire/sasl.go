package wire

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
)

// A mechanism is our side of a SASL exchange (RFC 4422).
type mechanism struct {
	initial []byte                                 // the initial response; nil: the server speaks first
	next    func(challenge []byte) ([]byte, error) // nil: nothing follows the initial response
	end     func() error                           // asked after the server's yes; nil: that is enough
	tells   bool                                   // a challenge says why the server refuses
}

const external = "EXTERNAL"

// best is the order in which offered mechanisms are taken. CRAM-MD5 is used on request only.
var best = []string{"SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN", "LOGIN", "OAUTHBEARER", "XOAUTH2", external}

var mechanisms = map[string]func(user, secret string) (*mechanism, error){
	"SCRAM-SHA-256": func(user, secret string) (*mechanism, error) { return scramMechanism(sha256.New, user, secret) },
	"SCRAM-SHA-1":   func(user, secret string) (*mechanism, error) { return scramMechanism(sha1.New, user, secret) },
	"PLAIN":         plain,
	"LOGIN":         login,
	"CRAM-MD5":      cramMD5,
	"XOAUTH2":       xoauth2,
	"OAUTHBEARER":   oauthBearer,
	external:        func(user, _ string) (*mechanism, error) { return &mechanism{initial: []byte(user)}, nil },
}

// answer decodes a challenge and gives the response to it.
func (m *mechanism) answer(reply Reply) (response []byte, told string, err error) {
	if len(reply.Lines) != 1 {
		return nil, "", &protocolError{why: "a challenge of more than one line"}
	}
	challenge, err := base64.StdEncoding.DecodeString(strings.TrimSpace(reply.Lines[0]))
	if err != nil {
		return nil, "", &protocolError{why: "a challenge that is not base64"}
	}
	if m.next == nil {
		return nil, "", &protocolError{why: "a challenge where there was nothing left to ask"}
	}
	if m.tells {
		told = string(challenge)
	}
	response, err = m.next(challenge)
	return response, told, err
}

// plain is RFC 4616.
func plain(user, secret string) (*mechanism, error) {
	if strings.Contains(user+secret, "\x00") {
		return nil, errors.New("the user or the password holds a NUL, which PLAIN cannot carry")
	}
	return &mechanism{initial: []byte("\x00" + user + "\x00" + secret)}, nil
}

// login is draft-murchison-sasl-login: the server asks, first for the user, in words
// that differ from server to server.
func login(user, secret string) (*mechanism, error) {
	answers := []string{user, secret}
	return &mechanism{next: func([]byte) ([]byte, error) {
		if len(answers) == 0 {
			return nil, &protocolError{why: "LOGIN asks for more than user and password"}
		}
		answer := answers[0]
		answers = answers[1:]
		return []byte(answer), nil
	}}, nil
}

// cramMD5 is RFC 2195.
func cramMD5(user, secret string) (*mechanism, error) {
	return &mechanism{next: func(challenge []byte) ([]byte, error) {
		sum := hmac.New(md5.New, []byte(secret))
		sum.Write(challenge)
		return []byte(user + " " + hex.EncodeToString(sum.Sum(nil))), nil
	}}, nil
}

// xoauth2 is Google's, which Microsoft has taken over: the secret is a token.
func xoauth2(user, token string) (*mechanism, error) {
	return bearer("user="+user+"\x01auth=Bearer "+token+"\x01\x01", nil, user, token)
}

// oauthBearer is RFC 7628.
func oauthBearer(user, token string) (*mechanism, error) {
	who := "n,,"
	if user != "" {
		who = "n,a=" + saslName(user) + ","
	}
	return bearer(who+"\x01auth=Bearer "+token+"\x01\x01", []byte{1}, user, token)
}

// saslName writes a user where commas part the fields (RFC 5802 §5.1).
func saslName(user string) string {
	return strings.NewReplacer("=", "=3D", ",", "=2C").Replace(user)
}

// bearer sends a token. The server refuses with a challenge that holds a reason in JSON and is to be answered
// (RFC 7628 §3.2.3) before the reply that says no.
func bearer(initial string, answer []byte, user, token string) (*mechanism, error) {
	if strings.ContainsAny(user+token, "\x00\x01") {
		return nil, errors.New("the user or the token holds a control character")
	}
	refused := false
	return &mechanism{initial: []byte(initial), tells: true, next: func([]byte) ([]byte, error) {
		if refused {
			return nil, &protocolError{why: "a second challenge after the reason for a refusal"}
		}
		refused = true
		return answer, nil
	}}, nil
}
