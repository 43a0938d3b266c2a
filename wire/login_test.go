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
