package wire

import (
	"strconv"
	"strings"

	"mailpipe/internal/termtext"
)

// Stage is where in the dialogue something happened.
type Stage string

// The stages, in the order of the dialogue.
const (
	StageConnect   Stage = "connect"
	StageGreeting  Stage = "greeting"
	StageHello     Stage = "EHLO"
	StageTLS       Stage = "STARTTLS"
	StageHandshake Stage = "TLS" // its handshake, which smtps begins with
	StageAuth      Stage = "AUTH"
	StageMail      Stage = "MAIL"
	StageRcpt      Stage = "RCPT"
	StageData      Stage = "DATA"
	StageContent   Stage = "content"
	StageDot       Stage = "dot"
	StageQuit      Stage = "QUIT"
)

// words are the stage for whoever has not read RFC 5321, which calls the dot so (§4.1.1.4).
func (s Stage) words() string {
	if s == StageDot {
		return "end of data"
	}
	return string(s)
}

// Kind is what an error means for the caller.
type Kind int

// What a caller tells apart.
const (
	KindTemporary       Kind = iota + 1 // try again later
	KindPermanent                       // refused by the server, or only some recipients accepted
	KindNoRecipient                     // every recipient refused for good
	KindNoHost                          // DNS says that the name does not exist
	KindProtocol                        // the server does not speak SMTP
	KindAuthOrTLS                       // TLS or login
	KindBadMessage                      // the message cannot be sent: size, 8-bit, SMTPUTF8, content's own error
	KindInvalidArgument                 // what the caller gave: an address that no path holds, no recipient, no server
)

// String returns the kind in words, such as "no recipient".
func (k Kind) String() string {
	return enumWord(int(k)-1, "temporary", "permanent", "no recipient", "no host", "protocol", "auth or TLS",
		"bad message", "invalid argument")
}

// enumWord returns the i-th word, or i in parentheses if there is none.
func enumWord(i int, words ...string) string {
	if i < 0 || i >= len(words) {
		return "(" + strconv.Itoa(i) + ")"
	}
	return words[i]
}

// Error says what failed. Error() escapes what came from the server.
type Error struct {
	Stage     Stage
	Server    string
	Kind      Kind
	Reply     Reply // zero when none came
	Err       error // nil where the reply says it all
	Uncertain bool  // the mail may have been delivered
}

// Error names the server, the stage, what went wrong and the server's words.
func (e *Error) Error() string {
	parts := make([]string, 0, 4)
	for _, part := range []string{termtext.Escape(e.Server), e.Stage.words(), e.why(), e.Reply.String()} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ": ")
}

func (e *Error) why() string {
	if e.Err == nil {
		return ""
	}
	return termtext.Escape(e.Err.Error())
}

// Unwrap gives what made the content or the connection fail.
func (e *Error) Unwrap() error { return e.Err }

// Temporary reports whether the same mail may succeed at another time.
func (e *Error) Temporary() bool { return e.Kind == KindTemporary }

// TryNext tells whether another server may be tried: this one was not reached,
// or said not now before it knew whom the mail is for.
func (e *Error) TryNext() bool {
	if e == nil {
		return false
	}
	switch e.Stage {
	case StageConnect, StageGreeting, StageHello, StageTLS, StageHandshake, StageAuth, StageMail:
		return e.Kind == KindTemporary || e.Kind == KindNoHost || e.Reply.class() == 4
	}
	return false
}

// fail makes an error of this server.
func (c *Client) fail(stage Stage, kind Kind, reply Reply, err error) *Error {
	return &Error{Stage: stage, Server: c.server.Name, Kind: kind, Reply: reply, Err: err}
}

// refused is the error that a reply other than the hoped for one means: 4yz is
// for now, 5yz for good, anything else out of step.
func (c *Client) refused(stage Stage, reply Reply) *Error {
	switch reply.class() {
	case 4:
		return c.fail(stage, KindTemporary, reply, nil)
	case 5:
		return c.fail(stage, KindPermanent, reply, nil)
	}
	return c.fail(stage, KindProtocol, reply, errUnexpected)
}

// wantsLogin tells whether a reply asks for a login or a stronger one (RFC 4954 §6).
func (r Reply) wantsLogin() bool {
	return r.Code == 530 || r.Code == 534 || r.Code == 535 || r.Code == 538
}
