package wire

import (
	"bufio"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/md5"
	"crypto/tls"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/xdg-go/scram"
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
func logIn(t testing.TB, login Login, offers string, serve func(in *bufio.Reader, say func(string))) (c *Client, events []Event, said *strings.Builder, err error) {
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
	c, err = Dial(t.Context(), Server{Name: "test", Hello: "me", Dial: dial, Login: &login, Trace: func(e Event) { events = append(events, e) }})
	if err == nil {
		c.Close()
	}
	<-done
	return c, events, said, err
}

// Each mechanism against another's server: the right secret, a wrong one, and what is on the wire.
func TestMechanisms(t *testing.T) {
	if len(mechanisms) != 8 {
		t.Fatal("a mechanism has no test")
	}
	for name := range mechanisms {
		for _, wrong := range []bool{false, true} {
			secret := loginSecret
			if wrong {
				secret = "not the secret"
			}
			t.Run(fmt.Sprintf("%s/wrong=%t", name, wrong), func(t *testing.T) {
				login := Login{Mechanism: strings.ToLower(name), Secret: func() (string, error) { return secret, nil }}
				if name == external && wrong {
					login.User = "eve"
				}
				_, _, said, err := logIn(t, login, "AUTH "+name, func(in *bufio.Reader, say func(string)) {
					if err := serveSASL(in, say, oracle(name)); err != nil {
						say("535 5.7.8 no, " + strings.ReplaceAll(err.Error(), "\n", " "))
						return
					}
					say("235 in")
				})
				if !strings.HasPrefix(said.String(), "AUTH "+name) {
					t.Errorf("the server saw %q", said)
				}
				var e *Error
				if !wrong && err != nil || wrong && (!errors.As(err, &e) || e.Kind != NotAllowed || e.Reply.Code != 535 || !strings.Contains(err.Error(), "535 5.7.8 no, ")) {
					t.Error(err)
				}
				if wrong && strings.Contains(name, "AUTH") && !strings.Contains(err.Error(), `the server says {"status":`) {
					t.Errorf("what the server says in JSON is not shown: %v", err)
				}
			})
		}
	}
}

// serveSASL is the server's side of RFC 4954; an error means no.
func serveSASL(in *bufio.Reader, say func(string), server sasl.Server) error {
	line, _ := in.ReadString('\n')
	_, text, has := strings.Cut(strings.TrimSpace(strings.TrimPrefix(line, "AUTH ")), " ")
	var response []byte
	if has {
		if response, _ = base64.StdEncoding.DecodeString(text); text == "=" {
			response = []byte{}
		}
	}
	for {
		challenge, done, err := server.Next(response)
		if err != nil || done {
			return err
		}
		say("334 " + base64.StdEncoding.EncodeToString(challenge))
		if line, err = in.ReadString('\n'); err != nil || line == "*\r\n" {
			return errors.New("cancelled")
		}
		if response, err = base64.StdEncoding.DecodeString(strings.TrimSpace(line)); err != nil {
			return err
		}
	}
}

// serverFunc is a sasl.Server.
type serverFunc func(response []byte) (challenge []byte, done bool, err error)

func (f serverFunc) Next(response []byte) ([]byte, bool, error) { return f(response) }

var errWrong = errors.New("wrong")

func right(ok bool) error {
	if ok {
		return nil
	}
	return errWrong
}

// oracle is somebody else's server of a mechanism.
func oracle(name string) sasl.Server {
	switch name {
	case "PLAIN":
		return sasl.NewPlainServer(func(identity, user, secret string) error {
			return right(identity == "" && user == loginUser && secret == loginSecret)
		})
	case "EXTERNAL":
		return sasl.NewExternalServer(func(identity string) error { return right(identity == loginUser) })
	case "OAUTHBEARER":
		return sasl.NewOAuthBearerServer(func(o sasl.OAuthBearerOptions) *sasl.OAuthBearerError {
			if o.Username == loginUser && o.Token == loginSecret {
				return nil
			}
			return &sasl.OAuthBearerError{Status: "invalid_token", Schemes: "bearer"}
		})
	case "LOGIN":
		step, user := 0, ""
		return serverFunc(func(r []byte) ([]byte, bool, error) {
			switch step++; step {
			case 1:
				return []byte("User Name\x00"), false, right(r == nil)
			case 2:
				user = string(r)
				return []byte("Password\x00"), false, nil
			}
			return nil, true, right(user == loginUser && string(r) == loginSecret)
		})
	case "XOAUTH2":
		refused := false
		return serverFunc(func(r []byte) ([]byte, bool, error) {
			switch {
			case refused:
				return nil, true, right(len(r) > 0)
			case string(r) == "user="+loginUser+"\x01auth=Bearer "+loginSecret+"\x01\x01":
				return nil, true, nil
			}
			refused = true
			reason, _ := json.Marshal(map[string]string{"status": "401"})
			return reason, false, nil
		})
	case "CRAM-MD5":
		step := 0
		return serverFunc(func(r []byte) ([]byte, bool, error) {
			const challenge = "<1896.697170952@postoffice.example>"
			if step++; step == 1 {
				return []byte(challenge), false, right(r == nil)
			}
			sum := hmac.New(md5.New, []byte(loginSecret))
			sum.Write([]byte(challenge))
			return nil, true, right(string(r) == loginUser+" "+hex.EncodeToString(sum.Sum(nil)))
		})
	}
	return scramServer(name, loginSecret)
}

func scramServer(name, secret string) sasl.Server {
	hash := scram.SHA256
	if name == "SCRAM-SHA-1" {
		hash = scram.SHA1
	}
	server, err := hash.NewServer(func(string) (scram.StoredCredentials, error) {
		client, err := hash.NewClient(loginUser, secret, "")
		if err != nil {
			client, err = hash.NewClientUnprepped(loginUser, secret, "")
		}
		if err != nil {
			return scram.StoredCredentials{}, err
		}
		return client.GetStoredCredentialsWithError(scram.KeyFactors{Salt: "salt salt", Iters: 4096})
	})
	if err != nil {
		panic(err)
	}
	talk, told := server.NewConversation(), false
	return serverFunc(func(r []byte) ([]byte, bool, error) {
		if told {
			return nil, true, right(talk.Valid() && len(r) == 0)
		}
		if r == nil {
			return nil, false, errors.New("no initial response")
		}
		challenge, err := talk.Step(string(r))
		if err != nil {
			return nil, true, err
		}
		told = talk.Done()
		return []byte(challenge), false, nil
	})
}

// What does not fit SASLprep, such as emoji, still logs in.
func TestSCRAMWithEmoji(t *testing.T) {
	_, _, _, err := logIn(t, Login{Secret: func() (string, error) { return "pass🔑word", nil }}, "AUTH SCRAM-SHA-256", func(in *bufio.Reader, say func(string)) {
		if err := serveSASL(in, say, scramServer("SCRAM-SHA-256", "pass🔑word")); err != nil {
			t.Error(err)
		}
		say("235 in")
	})
	if err != nil {
		t.Error(err)
	}
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
		_, _, said, err := logIn(t, Login{Mechanism: test.mechanism, Secret: func() (string, error) { return test.secret, nil }}, "AUTH "+test.mechanism,
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
	_, _, said, err := logIn(t, Login{}, "AUTH=LOGIN PLAIN", func(in *bufio.Reader, say func(string)) {
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
		{"loopback in clear", NoTLS, pair, ErrClear},
		{"not offered", Opportunistic, tls.Certificate{}, ErrClear},
		{"not verified", Opportunistic, pair, ErrClear},
		{"a stranger", Opportunistic, strange, ErrClear},
		{"no password", Required, pair, io.ErrNoProgress},
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
			if !errors.As(err, &e) || e.Kind != NotAllowed || e.Stage != StageAuth || !errors.Is(err, test.error) {
				t.Errorf("%s: %v", test.name, err)
			}
			<-r.done
			if all := r.clear.String() + r.secured.String(); strings.Contains(all, "AUTH") || (asked > 0) != (test.error != ErrClear) {
				t.Errorf("%s: asked %d times, the server saw %q", test.name, asked, all)
			}
		}
	}
	if _, err := (&Login{User: "x"}).secret(); err == nil {
		t.Error("no Secret, no error")
	}
}

func TestLoginReplies(t *testing.T) {
	for _, test := range []struct {
		reply string // to AUTH PLAIN
		kind  Kind
		words string
	}{
		{"235 in", 0, ""},
		{"535 5.7.8 no such user", NotAllowed, "test: AUTH: 535 5.7.8 no such user"},
		{"535-5.7.8 one\r\n535 5.7.8 two", NotAllowed, "test: AUTH: 535 5.7.8 one 5.7.8 two"},
		{"530 5.7.0 STARTTLS first", NotAllowed, "530 5.7.0"},
		{"534 5.7.9 stronger", NotAllowed, "534"},
		{"538 5.7.11 encrypt", NotAllowed, "538"},
		{"504 5.5.4 which?", NotAllowed, "504"},
		{"454 4.7.0 later", Temporary, "454 4.7.0 later"},
		{"421 going down", Temporary, "421 going down"},
		{"250 ok", Protocol, "an unexpected reply: 250 ok"},
		{"354 go", Protocol, "an unexpected reply: 354 go"},
		{"334 ", Protocol, "test: AUTH: a challenge where there was nothing left to ask"},
		{"334 ???", Protocol, "test: AUTH: a challenge that is not base64"},
		{"334-aGk=\r\n334 aGk=", Protocol, "test: AUTH: a challenge of more than one line"},
		{"535 \x1b[2Jno", NotAllowed, `535 \x1b[2Jno`},
	} {
		_, _, said, err := logIn(t, Login{}, "AUTH PLAIN", func(in *bufio.Reader, say func(string)) {
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
		_, _, _, err := logIn(t, Login{Mechanism: test.mechanism}, "AUTH "+test.mechanism, func(in *bufio.Reader, say func(string)) {
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
		if !errors.As(err, &e) || e.Kind != Protocol || !strings.Contains(err.Error(), test.words) || n != test.answered+1 {
			t.Errorf("%s: %v after %d", test.mechanism, err, n)
		}
	}
}

// A server that does not know the password cannot pass for one that does.
func TestMaliciousSCRAM(t *testing.T) {
	first := func(in *bufio.Reader) (nonce string) {
		line, _ := in.ReadString('\n')
		text, _ := base64.StdEncoding.DecodeString(strings.TrimSpace(strings.TrimPrefix(line, "AUTH SCRAM-SHA-256 ")))
		_, nonce, _ = strings.Cut(string(text), ",r=")
		return nonce
	}
	for _, test := range []struct {
		name  string
		serve func(in *bufio.Reader, say func(string))
		kind  Kind
		words string
	}{
		{"yes at once", func(in *bufio.Reader, say func(string)) { first(in); say("235 in") }, NotAllowed, "the server says yes but did not prove that it knows the password"},
		{"yes without a proof", func(in *bufio.Reader, say func(string)) {
			say("334 " + b64("r="+first(in)+"x,s="+b64("salt")+",i=4096"))
			in.ReadString('\n')
			say("235 in")
		}, NotAllowed, "did not prove that it knows the password"},
		{"wrong proof", func(in *bufio.Reader, say func(string)) {
			say("334 " + b64("r="+first(in)+"x,s="+b64("salt")+",i=4096"))
			in.ReadString('\n')
			say("334 " + b64("v="+b64(strings.Repeat("x", 32))))
		}, NotAllowed, "SCRAM: server validation failed"},
		{"another's nonce", func(in *bufio.Reader, say func(string)) {
			first(in)
			say("334 " + b64("r=abc,s="+b64("salt")+",i=4096"))
		}, NotAllowed, "SCRAM: server nonce did not extend client nonce"},
		{"one round", func(in *bufio.Reader, say func(string)) {
			say("334 " + b64("r="+first(in)+"x,s="+b64("salt")+",i=1"))
		}, NotAllowed, "SCRAM: server requested too few iterations (1)"},
		{"endless rounds", func(in *bufio.Reader, say func(string)) {
			say("334 " + b64("r="+first(in)+"x,s="+b64("salt")+",i=2147483647"))
		}, NotAllowed, "the server asks for more than 4194304 rounds of SCRAM"},
		{"more rounds than a number has", func(in *bufio.Reader, say func(string)) {
			say("334 " + b64("r="+first(in)+"x,s="+b64("salt")+",i=99999999999999999999"))
		}, NotAllowed, "the server asks for more than 4194304 rounds of SCRAM"},
		{"nonsense", func(in *bufio.Reader, say func(string)) { first(in); say("334 " + b64("hello")) }, NotAllowed, "SCRAM: "},
		{"its own error", func(in *bufio.Reader, say func(string)) {
			say("334 " + b64("r="+first(in)+"x,s="+b64("salt")+",i=4096"))
			in.ReadString('\n')
			say("334 " + b64("e=invalid-proof"))
		}, NotAllowed, "SCRAM: server error: invalid-proof: 535 5.7.8 no"},
		{"too much", func(in *bufio.Reader, say func(string)) {
			if err := serveSASL(in, say, scramServer("SCRAM-SHA-256", loginSecret)); err != nil {
				t.Error(err)
			}
			say("334 " + b64("more"))
		}, Protocol, "a challenge after the last word of SCRAM"},
	} {
		_, _, said, err := logIn(t, Login{}, "AUTH SCRAM-SHA-256 PLAIN", func(in *bufio.Reader, say func(string)) {
			test.serve(in, say)
			if line, _ := in.ReadString('\n'); line == "*\r\n" {
				say("535 5.7.8 no")
			}
		})
		var e *Error
		if !errors.As(err, &e) || e.Kind != test.kind || !strings.Contains(err.Error(), test.words) {
			t.Errorf("%s: %v", test.name, err)
		}
		if strings.Contains(said.String(), "PLAIN") {
			t.Errorf("%s: a weaker mechanism was tried", test.name)
		}
	}
}

// A secret is in no event, error or receipt, however the server echoes it.
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
			_, events, _, err := logIn(t, Login{Mechanism: name}, "AUTH "+name, func(in *bufio.Reader, say func(string)) {
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
	_, _, _, err := logIn(t, Login{Secret: func() (string, error) { return "hunter2", nil }}, "AUTH SCRAM-SHA-256", func(in *bufio.Reader, say func(string)) {
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
	if err == nil || !strings.Contains(err.Error(), "SCRAM: server error: [hidden]") {
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
	receipt, err := Deliver(t.Context(), []Server{{Name: "test", Hello: "me",
		Dial: func(ctx context.Context) (net.Conn, error) {
			conn, err := s.dial(ctx)
			return asUnix{conn}, err
		},
		Login: &Login{User: loginUser, Secret: func() (string, error) { return loginSecret, nil }},
		Trace: func(e Event) { events = append(events, e) }}},
		envelope("bob@example.org"), &text{s: "Subject: x\r\n\r\n"})
	<-s.done
	if err == nil {
		t.Error("no error")
	}
	shown := fmt.Sprintf("%+v %v %+v", receipt, err, events)
	for _, form := range []string{loginSecret, b64(loginSecret), b64("\x00" + loginUser + "\x00" + loginSecret)} {
		if strings.Contains(shown, form) {
			t.Errorf("%q is in\n%s", form, shown)
		}
	}
}

func TestUnfitSecrets(t *testing.T) {
	for _, test := range []struct{ mechanism, user, secret, words string }{
		{"PLAIN", "bob", "a\x00b", "the user or the password holds a NUL, which PLAIN cannot carry"},
		{"PLAIN", "b\x00b", "x", "holds a NUL"},
		{"XOAUTH2", "bob", "a\x01b", "the user or the token holds a control character"},
		{"OAUTHBEARER", "b\x01ob", "x", "the user or the token holds a control character"},
	} {
		if _, err := mechanisms[test.mechanism](test.user, test.secret); err == nil || !strings.Contains(err.Error(), test.words) {
			t.Errorf("%+v: %v", test, err)
		}
	}
	m, err := oauthBearer("a=b,c", "t")
	if err != nil || string(m.initial) != "n,a=a=3Db=2Cc,\x01auth=Bearer t\x01\x01" { // RFC 5801 §4
		t.Errorf("%q %v", m.initial, err)
	}
}
