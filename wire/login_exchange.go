package wire

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/emersion/go-sasl"
)

const (
	maxCommand    = 512 // octets of a command with its line ending (RFC 5321 §4.5.3.1.4)
	maxChallenges = 5   // per exchange
)

// authenticate runs a SASL mechanism to its end. It returns the server's final
// reply, if there was one, and an *Error if the login did not succeed.
func (c *Client) authenticate(ctx context.Context, client sasl.Client) (Reply, error) {
	reply, err := c.exchange(ctx, client)
	if err != nil {
		return Reply{}, err
	}
	return reply, c.finishLogin(client, reply)
}

// exchange runs a SASL mechanism: the server sends challenges and the client
// responds, until the server accepts or refuses the login (RFC 4954 §4). It
// returns the final reply, or an *Error if the exchange did not end with one.
func (c *Client) exchange(ctx context.Context, client sasl.Client) (Reply, error) {
	name, initial, err := client.Start()
	if err == nil {
		err = c.checkOffered(name)
	}
	if err != nil {
		return Reply{}, c.loginError(err)
	}
	command := "AUTH " + name
	shown, unsent := command, initial
	withInitial := command + " " + cmp.Or(encodeResponse(initial), "=")
	if initial != nil && len(withInitial)+len("\r\n") <= maxCommand {
		c.secrets.hide(encodeResponse(initial))
		command, shown, unsent = withInitial, command+" "+hidden, nil
	}
	reply, err := c.hiddenCommand(ctx, StageAuth, command, shown)
	if name == sasl.Plain && isEmptyChallenge(reply) {
		unsent = initial // some servers ignore it and ask for it
	}
	for challenges := 1; err == nil && reply.Code == 334; challenges++ {
		if challenges > maxChallenges {
			err = fmt.Errorf("more than %d challenges", maxChallenges)
			return Reply{}, c.fail(StageAuth, KindProtocol, Reply{}, err)
		}
		response := unsent
		if unsent == nil {
			response, err = respond(client, name, reply)
		}
		if err != nil {
			return Reply{}, c.cancelExchange(ctx, err)
		}
		unsent = nil
		line := encodeResponse(response)
		c.secrets.hide(line)
		reply, err = c.hiddenCommand(ctx, StageAuth, line, hidden)
	}
	return reply, err
}

func encodeResponse(response []byte) string { return base64.StdEncoding.EncodeToString(response) }

// respond returns the response of a mechanism to the challenge in a reply. The
// prompts of LOGIN need not be valid challenges, because nothing depends on
// their text.
func respond(client sasl.Client, name string, reply Reply) ([]byte, error) {
	challenge, err := decodeChallenge(reply)
	if err != nil && name != sasl.Login {
		return nil, err
	}
	return client.Next(challenge)
}

func decodeChallenge(reply Reply) ([]byte, error) {
	if len(reply.Lines) != 1 {
		return nil, &protocolError{why: "invalid challenge: more than one line"}
	}
	challenge, err := base64.StdEncoding.DecodeString(strings.TrimSpace(reply.Lines[0]))
	if err != nil {
		return nil, &protocolError{why: "invalid challenge: not base64"}
	}
	return challenge, nil
}

func isEmptyChallenge(reply Reply) bool {
	return len(reply.Lines) == 1 && strings.TrimSpace(reply.Lines[0]) == ""
}

// cancelExchange ends an exchange that the client cannot continue. The error
// includes the server's reply.
func (c *Client) cancelExchange(ctx context.Context, err error) *Error {
	kind := KindAuthOrTLS
	var protocol *protocolError
	switch {
	case errors.Is(err, sasl.ErrUnexpectedServerChallenge):
		kind, err = KindProtocol, errors.New("unexpected challenge")
	case errors.As(err, &protocol):
		kind = KindProtocol
	}
	c.decide(StageAuth, DecisionCancelLogin)
	reply, commandErr := c.command(ctx, StageAuth, "*")
	if commandErr != nil || reply.Code == 334 {
		reply = Reply{}
	}
	return c.fail(StageAuth, kind, reply, c.secrets.redactError(err)) // it may quote a challenge
}

// finishLogin returns nil if the final reply accepts the login and the
// mechanism trusts the server, else an *Error.
func (c *Client) finishLogin(client sasl.Client, reply Reply) error {
	accepted := reply.Code == 235
	var reason error
	f, ok := client.(finisher)
	if ok {
		reason = c.secrets.redactError(f.Finish(accepted))
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
