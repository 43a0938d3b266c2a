package wire

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"mailpipe/internal/termtext"
)

// A Stage is a part of the dialogue.
type Stage string

// The stages, in the order of the dialogue.
const (
	StageConnect   Stage = "connect"
	StageGreeting  Stage = "greeting"
	StageHello     Stage = "EHLO"
	StageLHLO      Stage = "LHLO" // StageHello in the errors of an LMTP server
	StageTLS       Stage = "STARTTLS"
	StageHandshake Stage = "TLS" // the TLS handshake; with Server.Implicit it comes before the greeting
	StageAuth      Stage = "AUTH"
	StageMail      Stage = "MAIL"
	StageRcpt      Stage = "RCPT"
	StageData      Stage = "DATA"
	StageContent   Stage = "content"
	StageDot       Stage = "dot" // the final dot, or the last chunk of BDAT
	StageQuit      Stage = "QUIT"
)

// words returns the stage for an error message.
func (s Stage) words() string {
	if s == StageDot {
		return "end of data"
	}
	return string(s)
}

// A Kind is what an error means for the caller.
type Kind int

const (
	KindTemporary       Kind = iota + 1 // try again later
	KindPermanent                       // refused by the server, or accepted for some recipients only
	KindNoRecipient                     // every recipient was refused permanently
	KindNoHost                          // the host name does not exist, according to DNS
	KindProtocol                        // the server does not follow SMTP
	KindAuthOrTLS                       // login refused or impossible, or TLS not available or not verified
	KindBadMessage                      // an error of the content, or the message needs what the server does not offer
	KindInvalidArgument                 // an invalid Server, Envelope or content
)

// String returns the kind in words, such as "no recipient".
func (k Kind) String() string {
	return enumWord(int(k), "unknown", "temporary", "permanent", "no recipient", "no host", "protocol",
		"auth or TLS", "bad message", "invalid argument")
}

// enumWord returns the i-th word, or i in parentheses if there is none.
func enumWord(i int, words ...string) string {
	if i < 0 || i >= len(words) {
		return "(" + strconv.Itoa(i) + ")"
	}
	return words[i]
}

// An Error describes what failed. All errors of this package are of type *Error.
type Error struct {
	Stage     Stage
	Server    string // Name or Address of the Server; may be empty
	Kind      Kind
	Reply     Reply // the reply of the server; zero if there was none
	Err       error // the cause; nil if Reply says it all
	Uncertain bool  // the message may have been delivered to some recipients
}

// Error returns the server, the stage, the cause and the reply on one line.
// What came from the server is escaped.
func (e *Error) Error() string {
	cause := ""
	if e.Err != nil {
		cause = termtext.Escape(e.Err.Error())
	}
	parts := []string{termtext.Escape(e.Server), e.Stage.words(), cause, e.Reply.String()}
	parts = slices.DeleteFunc(parts, func(part string) bool { return part == "" })
	return strings.Join(parts, ": ")
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Temporary reports whether the same message may succeed at another time. If
// Uncertain is set, a second attempt may deliver it twice. It returns false for a nil e.
func (e *Error) Temporary() bool { return e != nil && e.Kind == KindTemporary }

// TryNext reports whether it makes sense to try another server. That is so if
// this one could not be reached or deferred the message, and if it did so before
// it knew the recipients. It returns false for a nil e.
func (e *Error) TryNext() bool {
	if e == nil {
		return false
	}
	switch e.Stage {
	case StageConnect, StageGreeting, StageHello, StageLHLO, StageTLS, StageHandshake, StageAuth, StageMail:
		return e.Kind == KindTemporary || e.Kind == KindNoHost || e.Reply.class() == 4
	}
	return false
}

// isAboutMessage reports whether the server already knew the sender, and maybe the
// size of the message. Before MAIL a reply can only be about the client.
func (e *Error) isAboutMessage() bool {
	switch e.Stage {
	case StageMail, StageRcpt, StageData, StageContent, StageDot:
		return true
	}
	return false
}

// asError returns the *Error in err, or nil.
func asError(err error) *Error {
	var e *Error
	errors.As(err, &e)
	return e
}

// fail returns an error of this server.
func (c *Client) fail(stage Stage, kind Kind, reply Reply, err error) *Error {
	if stage == StageHello && c.server.LMTP {
		stage = StageLHLO
	}
	return &Error{Stage: stage, Server: c.server.Name, Kind: kind, Reply: reply, Err: err}
}

var errUnexpected = &protocolError{why: "unexpected reply"}

// refused returns the error for a reply that is not the one hoped for: 4yz is
// temporary, 5yz is permanent, and anything else breaks the protocol.
func (c *Client) refused(stage Stage, reply Reply) *Error {
	switch reply.class() {
	case 4:
		return c.fail(stage, KindTemporary, reply, nil)
	case 5:
		return c.fail(stage, KindPermanent, reply, nil)
	}
	return c.fail(stage, KindProtocol, reply, errUnexpected)
}
