package wire

import (
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

// exchange runs a SASL mechanism: the server sends challenges and the client responds, until the server accepts or
// refuses the login (RFC 4954 §4). It returns the final reply, or an *Error if the exchange did not end with one.
func (c *Client) exchange(ctx context.Context, client sasl.Client) (Reply, error) {
	name, initial, err := client.Start()
	if err != nil {
		return Reply{}, c.loginError(err)
	}
	err = c.checkOffered(name)
	if err != nil {
		return Reply{}, c.loginError(err)
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
			err = fmt.Errorf("more than %d challenges", maxChallenges)
			return Reply{}, c.fail(StageAuth, KindProtocol, Reply{}, err)
		}
		response := initial // too long for the command, so the first challenge is empty
		initial = nil
		if response == nil {
			response, err = respond(client, reply)
			if err != nil {
				return Reply{}, c.cancelExchange(ctx, err)
			}
		}
		line := encodeResponse(response)
		c.hide(line)
		reply, err = c.hiddenCommand(ctx, StageAuth, line, hidden)
	}
	return reply, err
}

// encodeInitial encodes an initial response, which is "=" if it is empty.
func encodeInitial(response []byte) string {
	if len(response) == 0 {
		return "="
	}
	return encodeResponse(response)
}

func encodeResponse(response []byte) string { return base64.StdEncoding.EncodeToString(response) }

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

// cancelExchange ends an exchange that the client cannot continue. The error includes the server's reply.
func (c *Client) cancelExchange(ctx context.Context, err error) *Error {
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

// finishLogin returns nil if the final reply accepts the login and the mechanism trusts the server, else an *Error.
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
