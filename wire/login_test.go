package wire

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/emersion/go-sasl"
)

const (
	loginUser   = "bob@example.org"
	loginSecret = "hunter2, & co"
)

// plainResponse is the response of PLAIN with this user and secret.
const plainResponse = "\x00" + loginUser + "\x00" + loginSecret

func encodeBase64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// expandBase64 replaces base64("text") in a dialogue, where text may have Go's
// escapes.
func expandBase64(dialogue string) string {
	return regexp.MustCompile(`base64\("(.*?)"\)`).ReplaceAllStringFunc(dialogue, func(call string) string {
		text, err := strconv.Unquote(call[len("base64(") : len(call)-len(")")])
		if err != nil {
			panic(err)
		}
		return encodeBase64(text)
	})
}

// asUnix is a connection over which a password may be sent.
type asUnix struct{ net.Conn }

func (asUnix) RemoteAddr() net.Addr { return &net.UnixAddr{Net: "unix"} }

// dialUnix is dial for a connection over which a password may be sent.
func (s *scripted) dialUnix(ctx context.Context) (net.Conn, error) {
	conn, err := s.dial(ctx)
	return asUnix{conn}, err
}

// withDefaults returns the login with the usual user and secret if it has none.
func (l Login) withDefaults() *Login {
	if l.User == "" {
		l.User = loginUser
	}
	if l.Secret == nil && l.Password == "" {
		l.Password = loginSecret
	}
	return &l
}

// logInByScript logs in to a server that offers mechanisms and then follows the
// dialogue.
func logInByScript(t *testing.T, login Login, offers, dialogue string) ([]Event, error) {
	t.Helper()
	s := &scripted{t: t, script: expandBase64(`
		S: 220 hi
		C: EHLO me
		S: 250-test
		S: 250 ` + offers + dialogue)}
	var events []Event
	c, err := Dial(t.Context(), Server{
		Name: "test", Hello: "me", Security: TLSNone, Login: login.withDefaults(),
		Dial:  s.dialUnix,
		Trace: func(e Event) { events = append(events, e) },
	})
	if err == nil {
		c.Close()
	}
	<-s.done
	return events, err
}

// logIn logs in to a server that offers mechanisms and then calls serve. It
// returns what the client sent after EHLO.
func logIn(t testing.TB, login Login, offers string, serve func(in *bufio.Reader, say func(string))) (
	events []Event, sent *strings.Builder, err error) {
	t.Helper()
	sent = new(strings.Builder)
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
			in = bufio.NewReader(io.TeeReader(in, sent))
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
	c, err := Dial(t.Context(), Server{
		Name: "test", Hello: "me", Dial: dial, Security: TLSNone, Login: login.withDefaults(),
		Trace: func(e Event) { events = append(events, e) },
	})
	if err == nil {
		c.Close()
	}
	<-done
	return events, sent, err
}

func TestLoginDialogues(t *testing.T) {
	for _, test := range []struct {
		name     string
		login    Login
		dialogue string
	}{
		{"PLAIN", Login{Mechanism: "PLAIN"}, `
			C: AUTH PLAIN base64("\x00bob@example.org\x00hunter2, & co")
			S: 235 in`},
		{"LOGIN", Login{Mechanism: "LOGIN"}, `
			C: AUTH LOGIN
			S: 334
			C: base64("bob@example.org")
			S: 334
			C: base64("hunter2, & co")
			S: 235 in`},
		{"LOGIN with other prompts", Login{Mechanism: "LOGIN"}, `
			C: AUTH LOGIN
			S: 334 base64("what?")
			C: base64("bob@example.org")
			S: 334 base64("what?")
			C: base64("hunter2, & co")
			S: 235 in`},
		{"LOGIN with prompts in plain text", Login{Mechanism: "LOGIN"}, `
			C: AUTH LOGIN
			S: 334 Username:
			C: base64("bob@example.org")
			S: 334 Password:
			C: base64("hunter2, & co")
			S: 235 in`},
		{"LOGIN with prompts without padding", Login{Mechanism: "LOGIN"}, `
			C: AUTH LOGIN
			S: 334 VXNlcm5hbWU
			C: base64("bob@example.org")
			S: 334 UGFzc3dvcmQ
			C: base64("hunter2, & co")
			S: 235 in`},
		{"LOGIN with prompts of two lines", Login{Mechanism: "LOGIN"}, `
			C: AUTH LOGIN
			S: 334-base64("Welcome")
			S: 334 base64("Username:")
			C: base64("bob@example.org")
			S: 334-base64("Welcome")
			S: 334 base64("Password:")
			C: base64("hunter2, & co")
			S: 235 in`},
		{"PLAIN whose initial response is ignored", Login{Mechanism: "PLAIN"}, `
			C: AUTH PLAIN base64("\x00bob@example.org\x00hunter2, & co")
			S: 334
			C: base64("\x00bob@example.org\x00hunter2, & co")
			S: 235 in`},
		{"EXTERNAL", Login{Mechanism: "EXTERNAL"}, `
			C: AUTH EXTERNAL base64("bob@example.org")
			S: 235 in`},
		{"XOAUTH2", Login{Mechanism: "XOAUTH2", Password: "tok"}, `
			C: AUTH XOAUTH2 base64("user=bob@example.org\x01auth=Bearer tok\x01\x01")
			S: 235 in`},
		{"OAUTHBEARER", Login{Mechanism: "OAUTHBEARER", Password: "tok"}, `
			C: AUTH OAUTHBEARER base64("n,a=bob@example.org,\x01auth=Bearer tok\x01\x01")
			S: 235 in`},
		// The example of RFC 2195 §2 with another user.
		{"CRAM-MD5", Login{Mechanism: "CRAM-MD5", Password: "tanstaaftanstaaf"}, `
			C: AUTH CRAM-MD5
			S: 334 base64("<1896.697170952@postoffice.reston.mci.net>")
			C: base64("bob@example.org b913a602c7eda7a495b4e6e7334d3890")
			S: 235 in`},
		// A command has at most 512 octets with its line ending.
		{"PLAIN of 512 octets", Login{Mechanism: "PLAIN", Password: strings.Repeat("x", 355)}, `
			C: AUTH PLAIN base64("\x00bob@example.org\x00` + strings.Repeat("x", 355) + `")
			S: 235 in`},
		{"PLAIN of 516 octets", Login{Mechanism: "PLAIN", Password: strings.Repeat("x", 356)}, `
			C: AUTH PLAIN
			S: 334
			C: base64("\x00bob@example.org\x00` + strings.Repeat("x", 356) + `")
			S: 235 in`},
		{"long token", Login{Mechanism: "XOAUTH2", Password: strings.Repeat("t", 3000)}, `
			C: AUTH XOAUTH2
			S: 334
			C: base64("user=bob@example.org\x01auth=Bearer ` + strings.Repeat("t", 3000) + `\x01\x01")
			S: 235 in`},
		{"rejected XOAUTH2 token", Login{Mechanism: "XOAUTH2", Password: "tok"}, `
			C: AUTH XOAUTH2 base64("user=bob@example.org\x01auth=Bearer tok\x01\x01")
			S: 334 base64("{\"status\":\"401\"}")
			C:
			S: 235 in after all`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := logInByScript(t, test.login, "AUTH "+test.login.Mechanism, test.dialogue); err != nil {
				t.Error(err)
			}
			for line := range strings.Lines(expandBase64(test.dialogue)) {
				command, isCommand := strings.CutPrefix(strings.TrimSpace(line), "C: AUTH")
				if isCommand && len("AUTH"+command+"\r\n") > 512 {
					t.Errorf("the command has %d octets", len("AUTH"+command+"\r\n"))
				}
			}
		})
	}
}

func TestChooseMechanism(t *testing.T) {
	certificate := &tls.Config{Certificates: make([]tls.Certificate, 1)}
	const unusable = "no usable login mechanism: "
	for _, test := range []struct {
		offers, mechanism string
		config            *tls.Config
		want              string
		err               string
	}{
		{"PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256 XOAUTH2", "", nil, "SCRAM-SHA-256", ""},
		{"plain login cram-md5 scram-sha-1", "", nil, "SCRAM-SHA-1", ""},
		{"CRAM-MD5 LOGIN PLAIN", "", nil, "PLAIN", ""},
		{"NTLM LOGIN", "", nil, "LOGIN", ""},
		{"XOAUTH2 OAUTHBEARER", "", nil, "OAUTHBEARER", ""},
		{"XOAUTH2 EXTERNAL", "", nil, "XOAUTH2", ""},
		{"EXTERNAL", "", certificate, "EXTERNAL", ""},
		{"EXTERNAL", "", nil, "", unusable + "the server offers EXTERNAL"},
		{"CRAM-MD5 GSSAPI", "", nil, "", unusable + "the server offers CRAM-MD5, GSSAPI"},
		{"", "", nil, "", unusable + "the server offers none"},
		{"PLAIN CRAM-MD5", "cram-md5", nil, "CRAM-MD5", ""},
		{"PLAIN EXTERNAL", "EXTERNAL", nil, "EXTERNAL", ""},
		{"PLAIN", "XOAUTH2", nil, "", unusable + "the server offers PLAIN, not XOAUTH2"},
		{"GSSAPI", "GSSAPI", nil, "", unusable + "unknown mechanism GSSAPI"},
		{"SCRAM-SHA-256-PLUS PLAIN", "", nil, "PLAIN", ""},
	} {
		c := &Client{
			server:     Server{Login: &Login{Mechanism: test.mechanism}, TLS: test.config},
			tls:        new(tls.ConnectionState),
			extensions: map[string]string{"AUTH": test.offers},
		}
		m, err := c.chooseMechanism()
		if test.err != "" {
			if err == nil || err.Error() != test.err || !errors.Is(err, ErrNoLogin) {
				t.Errorf("%+v: %v", test, err)
			}
			continue
		}
		if err != nil || m.name != test.want {
			t.Errorf("%+v: %v, %v", test, m, err)
		}
	}
}

// Servers offered logins by "AUTH=" before RFC 2554 was published.
func TestOldOffer(t *testing.T) {
	_, err := logInByScript(t, Login{}, "AUTH=LOGIN PLAIN", `
		C: AUTH PLAIN base64("\x00bob@example.org\x00hunter2, & co")
		S: 235 in`)
	if err != nil {
		t.Error(err)
	}
}

// Over a connection that is not private, the client neither writes a login nor
// asks for the password.
func TestPasswordIsNotSent(t *testing.T) {
	pair, roots := trusted(t)
	untrusted, _ := trusted(t)
	for _, test := range []struct {
		name     string
		security Security
		cert     tls.Certificate
		err      error
	}{
		{"loopback without TLS", TLSNone, pair, ErrInsecureAuth},
		{"STARTTLS not offered", TLSOpportunistic, tls.Certificate{}, ErrInsecureAuth},
		{"not verified", TLSOpportunistic, pair, ErrInsecureAuth},
		{"untrusted certificate", TLSOpportunistic, untrusted, ErrInsecureAuth},
		{"no password", TLSRequired, pair, io.ErrNoProgress},
	} {
		r := &relay{
			t:      t,
			before: "250-AUTH PLAIN EXTERNAL SCRAM-SHA-256\r\n",
			after:  "250-AUTH PLAIN EXTERNAL\r\n",
			config: &tls.Config{Certificates: []tls.Certificate{test.cert}},
		}
		if test.cert.Certificate != nil {
			r.before += "250-STARTTLS\r\n"
		}
		own := sasl.NewPlainClient("", "bob", "hunter2")
		for _, login := range []Login{{User: "bob"}, {User: "bob", Mechanism: "PLAIN"}, {Client: own}} {
			calls := 0
			login.Secret = func() (string, error) { calls++; return "", io.ErrNoProgress }
			if login.Client != nil && test.err != ErrInsecureAuth {
				continue
			}
			_, err := Dial(t.Context(), Server{
				Name: "test", Hello: "me", Dial: r.dial, Security: test.security, TLSName: "mail.example.org",
				TLS: &tls.Config{RootCAs: roots}, Login: &login,
			})
			var e *Error
			if !errors.As(err, &e) || e.Kind != KindAuthOrTLS || e.Stage != StageAuth || !errors.Is(err, test.err) {
				t.Errorf("%s: %v", test.name, err)
			}
			<-r.done
			sent := r.clear.String() + r.secured.String()
			if strings.Contains(sent, "AUTH") || (calls > 0) != (test.err != ErrInsecureAuth) {
				t.Errorf("%s: Secret was called %d times, the server read %q", test.name, calls, sent)
			}
		}
	}
}

func TestPasswordOrSecret(t *testing.T) {
	secret := func() (string, error) { return "from Secret", nil }
	for _, test := range []struct {
		login Login
		want  string
		err   string
	}{
		{Login{Password: "constant"}, "constant", ""},
		{Login{Password: "constant", Secret: secret}, "from Secret", ""},
		{Login{User: "bob"}, "", "missing password"},
	} {
		got, err := test.login.secret()
		if got != test.want || (err == nil) != (test.err == "") || err != nil && err.Error() != test.err {
			t.Errorf("%q: %q, %v", test.login.Password, got, err)
		}
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
		{"250 ok", KindProtocol, errUnexpected.why + ": 250 ok"},
		{"354 go", KindProtocol, errUnexpected.why + ": 354 go"},
		{"334 aGk=", KindProtocol, "test: AUTH: unexpected challenge"},
		{"334 ???", KindProtocol, "test: AUTH: invalid challenge: not base64"},
		{"334-aGk=\r\n334 aGk=", KindProtocol, "test: AUTH: invalid challenge: more than one line"},
		{"535 \x1b[2Jno", KindAuthOrTLS, `535 \x1b[2Jno`},
	} {
		_, sent, err := logIn(t, Login{}, "AUTH PLAIN", func(in *bufio.Reader, say func(string)) {
			in.ReadString('\n')
			say(test.reply)
		})
		if test.kind == 0 {
			if err != nil {
				t.Errorf("%q: %v", test.reply, err)
			}
			continue
		}
		var e *Error
		if !errors.As(err, &e) || e.Kind != test.kind || !strings.Contains(err.Error(), test.words) {
			t.Errorf("%q: %v", test.reply, err)
		}
		if strings.HasPrefix(test.reply, "334") != strings.Contains(sent.String(), "\r\n*\r\n") {
			t.Errorf("%q: the server read %q", test.reply, sent)
		}
	}
}

// Servers offer mechanisms that they cannot do.
func TestFallback(t *testing.T) {
	const plain = `
		C: AUTH PLAIN base64("\x00bob@example.org\x00hunter2, & co")`
	const login = `
		C: AUTH LOGIN
		S: 334 base64("Username:")
		C: base64("bob@example.org")
		S: 334 base64("Password:")
		C: base64("hunter2, & co")`
	const cramMD5 = `
		C: AUTH CRAM-MD5
		S: 334 base64("<1896.697170952@postoffice.reston.mci.net>")
		C: base64("bob@example.org 636e6a7b0e2b0128293b96c05d940d1f")`
	const accepted = `
		S: 235 in`
	const quit = `
		C: QUIT
		S: 221 bye`
	for _, test := range []struct {
		name      string
		mechanism string
		offers    string
		dialogue  string
		err       string
	}{
		{"504 to PLAIN", "", "PLAIN LOGIN", plain + `
			S: 504 5.5.4 not implemented` + login + accepted, ""},
		{"504 to LOGIN", "LOGIN", "PLAIN LOGIN", `
			C: AUTH LOGIN
			S: 504 5.5.4 not implemented` + plain + accepted, ""},
		{"504 in the exchange", "LOGIN", "PLAIN LOGIN", `
			C: AUTH LOGIN
			S: 334
			C: base64("bob@example.org")
			S: 504 5.5.4 not implemented` + plain + accepted, ""},
		{"504 to both", "", "LOGIN PLAIN", plain + `
			S: 504 5.5.4 not implemented` + login + `
			S: 504 5.5.4 this neither` + quit, "test: AUTH: 504 5.5.4 this neither"},
		{"504, only one offered", "", "PLAIN", plain + `
			S: 504 5.5.4 not implemented` + quit, "test: AUTH: 504 5.5.4 not implemented"},
		{"535 to PLAIN", "", "PLAIN LOGIN", plain + `
			S: 535 5.7.8 wrong` + quit, "test: AUTH: 535 5.7.8 wrong"},
		{"535 to SCRAM", "", "SCRAM-SHA-256 SCRAM-SHA-1 LOGIN PLAIN", `
			C: AUTH SCRAM-SHA-256 *
			S: 535 5.7.8 no such user` + plain + accepted, ""},
		{"454 to SCRAM", "", "SCRAM-SHA-1 LOGIN", `
			C: AUTH SCRAM-SHA-1 *
			S: 454 4.7.0 temporary authentication failure` + login + accepted, ""},
		{"504 to SCRAM on request", "SCRAM-SHA-1", "SCRAM-SHA-1 PLAIN", `
			C: AUTH SCRAM-SHA-1 *
			S: 504 5.5.4 not implemented` + plain + accepted, ""},
		{"535 to both", "", "SCRAM-SHA-256 PLAIN", `
			C: AUTH SCRAM-SHA-256 *
			S: 535 5.7.8 no such user` + plain + `
			S: 535 5.7.8 wrong password` + quit, "test: AUTH: 535 5.7.8 wrong password"},
		{"535 to SCRAM, closed", "", "SCRAM-SHA-256 PLAIN", `
			C: AUTH SCRAM-SHA-256 *
			S: 535 5.7.8 no such user
			close`, "test: AUTH: 535 5.7.8 no such user"},
		{"421 to SCRAM", "", "SCRAM-SHA-256 PLAIN", `
			C: AUTH SCRAM-SHA-256 *
			S: 421 4.3.2 going down`, "test: AUTH: 421 4.3.2 going down"},
		{"unexpected reply to SCRAM", "", "SCRAM-SHA-256 PLAIN", `
			C: AUTH SCRAM-SHA-256 *
			S: 250 ok`, "test: AUTH: " + errUnexpected.why + ": 250 ok"},
		{"SCRAM alone", "", "SCRAM-SHA-256 XOAUTH2", `
			C: AUTH SCRAM-SHA-256 *
			S: 535 5.7.8 no such user` + quit, "test: AUTH: 535 5.7.8 no such user"},
		{"535 to CRAM-MD5", "CRAM-MD5", "CRAM-MD5 PLAIN", cramMD5 + `
			S: 535 5.7.8 no such user` + plain + accepted, ""},
		// A token is not a password.
		{"504 to XOAUTH2", "XOAUTH2", "XOAUTH2 PLAIN", `
			C: AUTH XOAUTH2 base64("user=bob@example.org\x01auth=Bearer hunter2, & co\x01\x01")
			S: 504 5.5.4 not implemented` + quit, "test: AUTH: 504 5.5.4 not implemented"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := logInByScript(t, Login{Mechanism: test.mechanism}, "AUTH "+test.offers, test.dialogue)
			if test.err == "" && err != nil || test.err != "" && (err == nil || err.Error() != test.err) {
				t.Errorf("%v, want %q", err, test.err)
			}
		})
	}
}

// The client repeats the initial response of PLAIN once, and that of no other
// mechanism.
func TestRepeatedEmptyChallenge(t *testing.T) {
	for _, test := range []struct{ mechanism, dialogue string }{
		{"PLAIN", `
			C: AUTH PLAIN base64("\x00bob@example.org\x00hunter2, & co")
			S: 334
			C: base64("\x00bob@example.org\x00hunter2, & co")
			S: 334
			C: *
			S: 501 cancelled`},
		{"EXTERNAL", `
			C: AUTH EXTERNAL base64("bob@example.org")
			S: 334
			C: *
			S: 501 cancelled`},
	} {
		_, err := logInByScript(t, Login{Mechanism: test.mechanism}, "AUTH "+test.mechanism, test.dialogue)
		const want = "test: AUTH: unexpected challenge: 501 cancelled"
		if e := asError(err); e == nil || e.Kind != KindProtocol || e.Error() != want {
			t.Errorf("%s: %v", test.mechanism, err)
		}
	}
}

// The client answers at most five challenges.
func TestEndlessChallenges(t *testing.T) {
	for _, test := range []struct {
		mechanism string
		answers   int
		words     string
	}{
		{"LOGIN", 2, "unexpected challenge"},
		{"CRAM-MD5", 5, "more than 5 challenges"},
		{"XOAUTH2", 1, "unexpected challenge"},
	} {
		n := 0
		_, _, err := logIn(t, Login{Mechanism: test.mechanism}, "AUTH "+test.mechanism,
			func(in *bufio.Reader, say func(string)) {
				for {
					line, err := in.ReadString('\n')
					if err != nil {
						return
					}
					if line == "*\r\n" {
						say("501 cancelled")
						return
					}
					say("334 " + encodeBase64("again"))
					n++
				}
			})
		var e *Error
		if !errors.As(err, &e) || e.Kind != KindProtocol || !strings.Contains(err.Error(), test.words) {
			t.Errorf("%s: %v", test.mechanism, err)
		}
		if n != test.answers+1 {
			t.Errorf("%s: the server sent %d challenges, want %d", test.mechanism, n, test.answers+1)
		}
	}
}

// ownClient is a mechanism of the caller's own, with two challenges.
type ownClient struct {
	startErr, nextErr error
	starts            int
	finished          []bool // the arguments of Finish
	finishErr         error
}

func (o *ownClient) Start() (string, []byte, error) {
	o.starts++
	return "X-OWN", []byte("first"), o.startErr
}

func (o *ownClient) Next(challenge []byte) ([]byte, error) {
	return []byte("answer to " + string(challenge)), o.nextErr
}

func (o *ownClient) Finish(accepted bool) error {
	o.finished = append(o.finished, accepted)
	return o.finishErr
}

func TestOwnMechanism(t *testing.T) {
	errOwn := errors.New("own error")
	for _, test := range []struct {
		name     string
		client   *ownClient
		offers   string
		dialogue string
		err      string // empty: the login succeeds
		is       error
		finished []bool
	}{
		{"accepted", &ownClient{}, "AUTH PLAIN x-own", `
			C: AUTH X-OWN base64("first")
			S: 334 base64("one")
			C: base64("answer to one")
			S: 235 in`, "", nil, []bool{true}},
		{"unproved", &ownClient{finishErr: errOwn}, "AUTH X-OWN", `
			C: AUTH X-OWN base64("first")
			S: 235 in`, "test: AUTH: own error", errOwn, []bool{true}},
		{"refused", &ownClient{}, "AUTH PLAIN X-OWN", `
			C: AUTH X-OWN base64("first")
			S: 535 no
			C: QUIT
			S: 221 bye`, "test: AUTH: 535 no", nil, []bool{false}},
		{"refused with a reason", &ownClient{finishErr: errOwn}, "AUTH X-OWN", `
			C: AUTH X-OWN base64("first")
			S: 334 base64("reason")
			C: base64("answer to reason")
			S: 535 no
			C: QUIT
			S: 221 bye`, "test: AUTH: own error: 535 no", errOwn, []bool{false}},
		{"cancelled", &ownClient{nextErr: errOwn}, "AUTH X-OWN", `
			C: AUTH X-OWN base64("first")
			S: 334 base64("one")
			C: *
			S: 501 cancelled
			C: QUIT
			S: 221 bye`, "test: AUTH: own error: 501 cancelled", errOwn, nil},
		{"cannot start", &ownClient{startErr: errOwn}, "AUTH X-OWN", "", "test: AUTH: own error", errOwn, nil},
		{"not offered", &ownClient{}, "AUTH PLAIN", "",
			"test: AUTH: no usable login mechanism: the server offers PLAIN, not X-OWN", ErrNoLogin, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			events, err := logInByScript(t, Login{Client: test.client}, test.offers, test.dialogue)
			if test.err == "" && err != nil || test.err != "" && (err == nil || err.Error() != test.err) {
				t.Errorf("%v, want %q", err, test.err)
			}
			var e *Error
			if err != nil && (!errors.As(err, &e) || e.Kind != KindAuthOrTLS || test.is != nil && !errors.Is(err, test.is)) {
				t.Errorf("%#v", err)
			}
			if test.client.starts != 1 || !slices.Equal(test.client.finished, test.finished) {
				t.Errorf("started %d times, finished %v", test.client.starts, test.client.finished)
			}
			for _, event := range events {
				for _, response := range []string{"first", "answer to one"} {
					if strings.Contains(event.Text, encodeBase64(response)) {
						t.Errorf("the trace shows %q", event.Text)
					}
				}
			}
		})
	}
}
