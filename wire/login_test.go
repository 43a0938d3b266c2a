package wire

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/emersion/go-sasl"
)

const (
	loginUser   = "bob@example.org"
	loginSecret = "hunter2, & co"
)

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// asUnix is a connection over which a password may go.
type asUnix struct{ net.Conn }

func (asUnix) RemoteAddr() net.Addr { return &net.UnixAddr{Net: "unix"} }

// logIn dials a server that offers mechanisms and then does what serve says; said is what it got after EHLO.
func logIn(t testing.TB, login Login, offers string, serve func(in *bufio.Reader, say func(string))) (events []Event, said *strings.Builder, err error) {
	t.Helper()
	if login.Secret == nil {
		login.Secret = func() (string, error) { return loginSecret, nil }
	}
	if login.User == "" {
		login.User = loginUser
	}
	said = new(strings.Builder)
	done := make(chan struct{})
	dial := func(context.Context) (net.Conn, error) {
		client, server := net.Pipe()
		go func() {
			defer close(done)
			defer server.Close()
			in := bufio.NewReader(server)
			say := func(line string) { io.WriteString(server, line+"\r\n") }
			say("220 hi")
			in.ReadString('\n')
			say("250-test")
			say("250 " + offers)
			in = bufio.NewReader(io.TeeReader(in, said))
			serve(in, say)
			for line, err := "", error(nil); err == nil; line, err = in.ReadString('\n') {
				switch line {
				case "QUIT\r\n":
					say("221 bye")
				case "*\r\n":
					say("501 cancelled")
				}
			}
		}()
		return asUnix{client}, nil
	}
	c, err := Dial(t.Context(), Server{Name: "test", Hello: "me", Dial: dial, Security: TLSNone, Login: &login, Trace: func(e Event) { events = append(events, e) }})
	if err == nil {
		c.Close()
	}
	<-done
	return events, said, err
}

func TestOnTheWire(t *testing.T) {
	plain := b64("\x00" + loginUser + "\x00" + loginSecret)
	for _, test := range []struct {
		mechanism, secret string
		lines             []string // of the client, each answered by 334 but the last
		challenge         string
	}{
		{"PLAIN", loginSecret, []string{"AUTH PLAIN " + plain}, ""},
		{"LOGIN", loginSecret, []string{"AUTH LOGIN", b64(loginUser), b64(loginSecret)}, ""},
		{"LOGIN", loginSecret, []string{"AUTH LOGIN", b64(loginUser), b64(loginSecret)}, "what?"},
		{"EXTERNAL", "", []string{"AUTH EXTERNAL " + b64(loginUser)}, ""},
		{"XOAUTH2", "tok", []string{"AUTH XOAUTH2 " + b64("user="+loginUser+"\x01auth=Bearer tok\x01\x01")}, ""},
		{"OAUTHBEARER", "tok", []string{"AUTH OAUTHBEARER " + b64("n,a="+loginUser+",\x01auth=Bearer tok\x01\x01")}, ""},
		// RFC 2195 §2, with our user and secret.
		{"CRAM-MD5", "tanstaaftanstaaf", []string{"AUTH CRAM-MD5", b64(loginUser + " b913a602c7eda7a495b4e6e7334d3890")}, "<1896.697170952@postoffice.reston.mci.net>"},
		// 512 octets with the line end are the most that a line has.
		{"PLAIN", strings.Repeat("x", 355), []string{"AUTH PLAIN " + b64("\x00"+loginUser+"\x00"+strings.Repeat("x", 355))}, ""},
		{"PLAIN", strings.Repeat("x", 356), []string{"AUTH PLAIN", b64("\x00" + loginUser + "\x00" + strings.Repeat("x", 356))}, ""},
		{"XOAUTH2", strings.Repeat("t", 3000), []string{"AUTH XOAUTH2", b64("user=" + loginUser + "\x01auth=Bearer " + strings.Repeat("t", 3000) + "\x01\x01")}, ""},
	} {
		_, said, err := logIn(t, Login{Mechanism: test.mechanism, Secret: func() (string, error) { return test.secret, nil }}, "AUTH "+test.mechanism,
			func(in *bufio.Reader, say func(string)) {
				for range len(test.lines) - 1 {
					in.ReadString('\n')
					say("334 " + b64(test.challenge))
				}
				in.ReadString('\n')
				say("235 in")
			})
		want := strings.Join(test.lines, "\r\n") + "\r\n"
		if err != nil || said.String() != want {
			t.Errorf("%s: %v\n got %q\nwant %q", test.mechanism, err, said, want)
		}
		for line := range strings.Lines(want) {
			if strings.HasPrefix(line, "AUTH") && len(line) > 512 {
				t.Errorf("%s: %d octets", test.mechanism, len(line))
			}
		}
	}
}

func TestChooseMechanism(t *testing.T) {
	certificate := &tls.Config{Certificates: make([]tls.Certificate, 1)}
	for _, test := range []struct {
		offers, asked string
		config        *tls.Config
		want          string
		words         string
	}{
		{"PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256 XOAUTH2", "", nil, "SCRAM-SHA-256", ""},
		{"plain login cram-md5 scram-sha-1", "", nil, "SCRAM-SHA-1", ""},
		{"CRAM-MD5 LOGIN PLAIN", "", nil, "PLAIN", ""},
		{"NTLM LOGIN", "", nil, "LOGIN", ""},
		{"XOAUTH2 OAUTHBEARER", "", nil, "OAUTHBEARER", ""},
		{"XOAUTH2 EXTERNAL", "", nil, "XOAUTH2", ""},
		{"EXTERNAL", "", certificate, "EXTERNAL", ""},
		{"EXTERNAL", "", nil, "", "the server does not offer this login: it offers EXTERNAL"},
		{"CRAM-MD5 GSSAPI", "", nil, "", "the server does not offer this login: it offers CRAM-MD5, GSSAPI"},
		{"", "", nil, "", "the server does not offer this login: it offers none"},
		{"PLAIN CRAM-MD5", "cram-md5", nil, "CRAM-MD5", ""},
		{"PLAIN EXTERNAL", "EXTERNAL", nil, "EXTERNAL", ""},
		{"PLAIN", "XOAUTH2", nil, "", "the server does not offer this login: XOAUTH2; it offers PLAIN"},
		{"GSSAPI", "GSSAPI", nil, "", "the server does not offer this login: GSSAPI is not known here"},
		{"SCRAM-SHA-256-PLUS PLAIN", "", nil, "PLAIN", ""},
	} {
		c := &Client{server: Server{Login: &Login{Mechanism: test.asked}, TLS: test.config}, tls: new(tls.ConnectionState),
			extensions: map[string]string{"AUTH": test.offers}}
		got, err := c.chooseMechanism()
		if got != test.want || (err == nil) != (test.words == "") || err != nil && (err.Error() != test.words || !errors.Is(err, ErrNoLogin)) {
			t.Errorf("%+v: %s %v", test, got, err)
		}
	}
}

// `AUTH=` is how servers offered it before RFC 2554 was done.
func TestOldOffer(t *testing.T) {
	_, said, err := logIn(t, Login{}, "AUTH=LOGIN PLAIN", func(in *bufio.Reader, say func(string)) {
		in.ReadString('\n')
		say("235 in")
	})
	if err != nil || !strings.HasPrefix(said.String(), "AUTH PLAIN ") {
		t.Errorf("%q %v", said, err)
	}
}

// Nothing of a login is written, and no password is asked for, where it could
// be heard or where the server may be another.
func TestPasswordStaysHome(t *testing.T) {
	pair, roots := trusted(t)
	strange, _ := trusted(t)
	for _, test := range []struct {
		name     string
		security Security
		cert     tls.Certificate
		error    error
	}{
		{"loopback in clear", TLSNone, pair, ErrInsecureAuth},
		{"not offered", TLSOpportunistic, tls.Certificate{}, ErrInsecureAuth},
		{"not verified", TLSOpportunistic, pair, ErrInsecureAuth},
		{"a stranger", TLSOpportunistic, strange, ErrInsecureAuth},
		{"no password", TLSRequired, pair, io.ErrNoProgress},
	} {
		r := &relay{t: t, before: "250-AUTH PLAIN EXTERNAL SCRAM-SHA-256\r\n", after: "250-AUTH PLAIN EXTERNAL\r\n", config: &tls.Config{Certificates: []tls.Certificate{test.cert}}}
		if test.cert.Certificate != nil {
			r.before += "250-STARTTLS\r\n"
		}
		for _, mechanism := range []string{"", "PLAIN"} {
			asked := 0
			_, err := Dial(t.Context(), Server{Name: "test", Hello: "me", Dial: r.dial, Security: test.security, TLSName: "mail.example.org",
				TLS: &tls.Config{RootCAs: roots}, Login: &Login{User: "bob", Mechanism: mechanism, Secret: func() (string, error) { asked++; return "", io.ErrNoProgress }}})
			var e *Error
			if !errors.As(err, &e) || e.Kind != KindAuthOrTLS || e.Stage != StageAuth || !errors.Is(err, test.error) {
				t.Errorf("%s: %v", test.name, err)
			}
			<-r.done
			if all := r.clear.String() + r.secured.String(); strings.Contains(all, "AUTH") || (asked > 0) != (test.error != ErrInsecureAuth) {
				t.Errorf("%s: asked %d times, the server saw %q", test.name, asked, all)
			}
		}
	}
	if _, err := (&Login{User: "x"}).secret(); err == nil || err.Error() != "no password is known" {
		t.Errorf("no Secret: %v", err)
	}
}

func TestLoginReplies(t *testing.T) {
	for _, test := range []struct {
		reply string // to AUTH PLAIN
		kind  Kind
		words string
	}{
		{"235 in", 0, ""},
		{"535 5.7.8 no such user", KindAuthOrTLS, "test: AUTH: 535 5.7.8 no such user"},
		{"535-5.7.8 one\r\n535 5.7.8 two", KindAuthOrTLS, "test: AUTH: 535 5.7.8 one 5.7.8 two"},
		{"530 5.7.0 STARTTLS first", KindAuthOrTLS, "530 5.7.0"},
		{"534 5.7.9 stronger", KindAuthOrTLS, "534"},
		{"538 5.7.11 encrypt", KindAuthOrTLS, "538"},
		{"504 5.5.4 which?", KindAuthOrTLS, "504"},
		{"454 4.7.0 later", KindTemporary, "454 4.7.0 later"},
		{"421 going down", KindTemporary, "421 going down"},
		{"250 ok", KindProtocol, "an unexpected reply: 250 ok"},
		{"354 go", KindProtocol, "an unexpected reply: 354 go"},
		{"334 ", KindProtocol, "test: AUTH: a challenge where there was nothing left to ask"},
		{"334 ???", KindProtocol, "test: AUTH: a challenge that is not base64"},
		{"334-aGk=\r\n334 aGk=", KindProtocol, "test: AUTH: a challenge of more than one line"},
		{"535 \x1b[2Jno", KindAuthOrTLS, `535 \x1b[2Jno`},
	} {
		_, said, err := logIn(t, Login{}, "AUTH PLAIN", func(in *bufio.Reader, say func(string)) {
			in.ReadString('\n')
			say(test.reply)
			if line, _ := in.ReadString('\n'); line == "*\r\n" {
				say("501 cancelled")
			}
		})
		var e *Error
		if test.kind == 0 && err != nil || test.kind != 0 && (!errors.As(err, &e) || e.Kind != test.kind || !strings.Contains(err.Error(), test.words)) {
			t.Errorf("%q: %v", test.reply, err)
		}
		if strings.HasPrefix(test.reply, "334") != strings.Contains(said.String(), "\r\n*\r\n") {
			t.Errorf("%q: the server saw %q", test.reply, said)
		}
	}
}

// At most five challenges, whoever asks what.
func TestEndlessChallenges(t *testing.T) {
	for _, test := range []struct {
		mechanism string
		answered  int
		words     string
	}{
		{"LOGIN", 2, "LOGIN asks for more than user and password"},
		{"CRAM-MD5", 5, "over 5 challenges"},
		{"XOAUTH2", 1, "a second challenge after the reason for a refusal"},
	} {
		n := 0
		_, _, err := logIn(t, Login{Mechanism: test.mechanism}, "AUTH "+test.mechanism, func(in *bufio.Reader, say func(string)) {
			for {
				line, err := in.ReadString('\n')
				if err != nil {
					return
				}
				if line == "*\r\n" {
					say("501 cancelled")
					return
				}
				say("334 " + b64("again"))
				n++
			}
		})
		var e *Error
		if !errors.As(err, &e) || e.Kind != KindProtocol || !strings.Contains(err.Error(), test.words) || n != test.answered+1 {
			t.Errorf("%s: %v after %d", test.mechanism, err, n)
		}
	}
}

// A secret is in no event, error or receipt, however the server echoes it.
//
// O04.
func TestSecretIsShownNowhere(t *testing.T) {
	forms := []string{loginSecret, b64(loginSecret), b64("\x00" + loginUser + "\x00" + loginSecret), b64(loginUser + "\x00" + loginUser + "\x00" + loginSecret)}
	for name := range mechanisms {
		if name == external { // there is none
			continue
		}
		for _, reply := range []string{
			"535 5.7.8 ECHO", "535-5.7.8 wrong:\r\n535 5.7.8 ECHO", "454 ECHO", "250 ECHO", "334 ECHO", "ECHO", "5ECHO", "535 ok\r\n535 ECHO\r\n", "235 ECHO",
			"235 in\r\n250 ECHO",
		} {
			var blobs []string
			events, _, err := logIn(t, Login{Mechanism: name}, "AUTH "+name, func(in *bufio.Reader, say func(string)) {
				server := oracle(name)
				if name == "XOAUTH2" || name == "OAUTHBEARER" { // with its reason in JSON
					told := false
					server = serverFunc(func(r []byte) ([]byte, bool, error) {
						if told {
							return nil, true, errWrong
						}
						told = true
						return []byte(`{"status":"401","saw":"` + loginSecret + `"}`), false, nil
					})
				}
				serveSASL(in, say, keeping{server, &blobs})
				say(strings.ReplaceAll(reply, "ECHO", strings.Join(append(forms, blobs...), " ")))
			})
			shown := fmt.Sprintf("%v %+v", err, err)
			var e *Error
			if errors.As(err, &e) {
				shown += fmt.Sprintf(" %q %v", e.Reply.Lines, e.Reply)
			}
			for _, event := range events {
				shown += "\n" + event.Text
			}
			for _, form := range append(forms, blobs...) {
				if strings.Contains(shown, form) {
					t.Errorf("%s, %q: %q is in\n%s", name, reply, form, shown)
				}
			}
			if strings.HasPrefix(reply, "535") && !strings.Contains(shown, hidden) {
				t.Errorf("%s, %q: nothing is marked as hidden in\n%s", name, reply, shown)
			}
		}
	}
}

// A server's words within a challenge are no exception.
func TestSecretIsNotInSCRAMError(t *testing.T) {
	_, _, err := logIn(t, Login{Secret: func() (string, error) { return "hunter2", nil }}, "AUTH SCRAM-SHA-256", func(in *bufio.Reader, say func(string)) {
		server := scramServer("SCRAM-SHA-256", "hunter2")
		serveSASL(in, say, serverFunc(func(r []byte) ([]byte, bool, error) {
			challenge, done, err := server.Next(r)
			if bytes.HasPrefix(challenge, []byte("v=")) {
				challenge = []byte("e=hunter2")
			}
			return challenge, done, err
		}))
		say("535 no")
	})
	if err == nil || !strings.Contains(err.Error(), "SCRAM: the server says [hidden]") {
		t.Error(err)
	}
}

// keeping remembers the responses of a client that hold what nobody should see.
type keeping struct {
	sasl.Server
	blobs *[]string
}

func (k keeping) Next(response []byte) ([]byte, bool, error) {
	if len(response) > 4 {
		*k.blobs = append(*k.blobs, base64.StdEncoding.EncodeToString(response))
	}
	return k.Server.Next(response)
}

// A receipt of a later stage is clean too.
//
// O04.
func TestSecretIsNotInReceipt(t *testing.T) {
	var events []Event
	s := &scripted{t: t, script: `
		S: 220 hi
		C: EHLO me
		S: 250-test
		S: 250 AUTH PLAIN
		C: AUTH PLAIN ` + b64("\x00"+loginUser+"\x00"+loginSecret) + `
		S: 235 in
		C: MAIL FROM:<alice@example.org>
		S: 250 ` + loginSecret + `
		C: RCPT TO:<bob@example.org>
		S: 550 ` + b64(loginSecret) + `
		C: QUIT
		S: 221 ` + b64("\x00"+loginUser+"\x00"+loginSecret)}
	receipt, err := Deliver(t.Context(), []Server{{Name: "test", Hello: "me", Security: TLSNone,
		Dial: func(ctx context.Context) (net.Conn, error) {
			conn, err := s.dial(ctx)
			return asUnix{conn}, err
		},
		Login: &Login{User: loginUser, Secret: func() (string, error) { return loginSecret, nil }},
		Trace: func(e Event) { events = append(events, e) }}},
		envelope("bob@example.org"), &text{s: "Subject: x\r\n\r\n"})
	<-s.done
	if e := asError(err); e == nil || e.Kind != KindNoRecipient {
		t.Errorf("%v", err)
	}
	shown := fmt.Sprintf("%+v %v %+v", receipt, err, events)
	for _, form := range []string{loginSecret, b64(loginSecret), b64("\x00" + loginUser + "\x00" + loginSecret)} {
		if strings.Contains(shown, form) {
			t.Errorf("%q is in\n%s", form, shown)
		}
	}
}
