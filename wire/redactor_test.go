package wire

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/emersion/go-sasl"
)

// forms are what a server could echo of the usual login.
var forms = []string{
	loginSecret,
	encodeBase64(loginSecret),
	encodeBase64(plainResponse),
	encodeBase64(loginUser + "\x00" + loginUser + "\x00" + loginSecret),
}

// Events and errors do not contain the secret, however the server echoes it.
func TestSecretIsNotShown(t *testing.T) {
	for _, name := range Mechanisms() {
		if name == sasl.External { // it has no secret
			continue
		}
		for _, reply := range []string{
			"535 5.7.8 ECHO",
			"535-5.7.8 wrong:\r\n535 5.7.8 ECHO",
			"454 ECHO",
			"250 ECHO",
			"334 ECHO",
			"ECHO",
			"5ECHO",
			"535 ok\r\n535 ECHO\r\n",
			"235 ECHO",
			"235 in\r\n250 ECHO",
		} {
			var responses []string
			events, _, err := logIn(t, Login{Mechanism: name}, "AUTH "+name, func(in *bufio.Reader, say func(string)) {
				server := oracle(name)
				if name == xoauth2 || name == sasl.OAuthBearer {
					server = rejectToken(`{"status":"401","saw":"` + loginSecret + `"}`)
				}
				serveSASL(in, say, recordingServer{server, &responses})
				say(strings.ReplaceAll(reply, "ECHO", strings.Join(append(forms, responses...), " ")))
			})
			shown := fmt.Sprintf("%v %+v", err, err)
			var e *Error
			if errors.As(err, &e) {
				shown += fmt.Sprintf(" %q %v", e.Reply.Lines, e.Reply)
			}
			for _, event := range events {
				shown += "\n" + event.Text
			}
			for _, form := range append(forms, responses...) {
				if strings.Contains(shown, form) {
					t.Errorf("%s, %q: %q is in\n%s", name, reply, form, shown)
				}
			}
			if strings.HasPrefix(reply, "535") && !strings.Contains(shown, hidden) {
				t.Errorf("%s, %q: no %s in\n%s", name, reply, hidden, shown)
			}
		}
	}
}

// rejectToken is a server that gives a reason for rejecting a token, then
// refuses the login.
func rejectToken(reason string) sasl.Server {
	rejected := false
	return serverFunc(func([]byte) ([]byte, bool, error) {
		if rejected {
			return nil, true, errWrong
		}
		rejected = true
		return []byte(reason), false, nil
	})
}

// recordingServer records the client's responses in base64.
type recordingServer struct {
	sasl.Server
	responses *[]string
}

func (r recordingServer) Next(response []byte) ([]byte, bool, error) {
	if len(response) > 4 {
		*r.responses = append(*r.responses, base64.StdEncoding.EncodeToString(response))
	}
	return r.Server.Next(response)
}

// The text of a challenge is redacted before it becomes part of an error.
func TestSecretIsNotInSCRAMError(t *testing.T) {
	login := Login{Mechanism: scramSHA256, Password: "hunter2"}
	_, _, err := logIn(t, login, "AUTH SCRAM-SHA-256", func(in *bufio.Reader, say func(string)) {
		server := scramServer(scramSHA256, "hunter2")
		serveSASL(in, say, serverFunc(func(r []byte) ([]byte, bool, error) {
			challenge, done, err := server.Next(r)
			if bytes.HasPrefix(challenge, []byte("v=")) {
				challenge = []byte("e=hunter2")
			}
			return challenge, done, err
		}))
		say("535 no")
	})
	if err == nil || !strings.Contains(err.Error(), "SCRAM: server error [hidden]") {
		t.Error(err)
	}
}

// The receipt of later stages does not contain the secret either.
func TestSecretIsNotInReceipt(t *testing.T) {
	var events []Event
	s := &scripted{t: t, script: expandBase64(`
		S: 220 hi
		C: EHLO me
		S: 250-test
		S: 250 AUTH PLAIN
		C: AUTH PLAIN base64("\x00bob@example.org\x00hunter2, & co")
		S: 235 in
		C: MAIL FROM:<alice@example.org>
		S: 250 hunter2, & co
		C: RCPT TO:<bob@example.org>
		S: 550 base64("hunter2, & co")
		C: QUIT
		S: 221 base64("\x00bob@example.org\x00hunter2, & co")`)}
	receipt, err := Deliver(t.Context(), []Server{{
		Name: "test", Hello: "me", Security: TLSNone,
		Dial:  s.dialUnix,
		Login: new(Login).withDefaults(),
		Trace: func(e Event) { events = append(events, e) },
	}}, envelope("bob@example.org"), &text{s: "Subject: x\r\n\r\n"})
	<-s.done
	if e := asError(err); e == nil || e.Kind != KindNoRecipient {
		t.Errorf("%v", err)
	}
	shown := fmt.Sprintf("%+v %v %+v", receipt, err, events)
	for _, form := range forms {
		if strings.Contains(shown, form) {
			t.Errorf("%q is in\n%s", form, shown)
		}
	}
	if n := strings.Count(shown, hidden); n < 5 {
		t.Errorf("%d times %s in\n%s", n, hidden, shown)
	}
}

// The redaction of a short secret neither damages ordinary replies nor shows
// what the secret is.
func TestShortSecretLeavesReplies(t *testing.T) {
	for _, secret := range []string{"1", "ok", "queued"} {
		var events []Event
		s := &scripted{t: t, script: expandBase64(strings.ReplaceAll(`
			S: 220 hi
			C: EHLO me
			S: 250-test
			S: 250 AUTH LOGIN
			C: AUTH LOGIN
			S: 334
			C: base64("bob@example.org")
			S: 334
			C: base64("SECRET")
			S: 235 2.7.0 ok, base64("SECRET"), base64("\x00bob@example.org\x00SECRET")
			C: MAIL FROM:<alice@example.org>
			S: 250 2.1.0 ok
			C: RCPT TO:<bob@example.org>
			S: 250 2.1.5 ok
			C: DATA
			S: 354 go
			C: hi
			C: .
			S: 250 2.0.0 ok: queued as 4F1-MQb2s
			C: QUIT
			S: 221 bye`, "SECRET", secret))}
		receipt, err := Deliver(t.Context(), []Server{{
			Name: "test", Hello: "me", Security: TLSNone,
			Dial:  s.dialUnix,
			Login: &Login{User: loginUser, Mechanism: "LOGIN", Password: secret},
			Trace: func(e Event) { events = append(events, e) },
		}}, envelope("bob@example.org"), &text{s: "hi\r\n"})
		<-s.done
		if err != nil {
			t.Fatal(err)
		}
		reply := receipt.Recipients[0].Reply
		if reply.String() != "250 2.0.0 ok: queued as 4F1-MQb2s" || reply.QueueID() != "4F1-MQb2s" {
			t.Errorf("secret %q: %s, queue id %s", secret, reply, reply.QueueID())
		}
		shown := fmt.Sprintf("%+v", events)
		for _, form := range []string{encodeBase64(secret), encodeBase64("\x00" + loginUser + "\x00" + secret)} {
			if strings.Contains(shown, form) {
				t.Errorf("secret %q: %q is in\n%s", secret, form, shown)
			}
		}
		if !strings.Contains(shown, "235 2.7.0 ok, [hidden], [hidden]") {
			t.Errorf("secret %q: %s", secret, shown)
		}
	}
}
