package wire

import (
	"bufio"
	"crypto/hmac"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/emersion/go-sasl"
	scramoracle "github.com/xdg-go/scram"
)

// Each mechanism logs in to the server of another implementation, and is
// refused with a wrong secret.
func TestMechanisms(t *testing.T) {
	for _, name := range Mechanisms() {
		for _, wrong := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/wrong=%t", name, wrong), func(t *testing.T) {
				login := Login{Mechanism: strings.ToLower(name)}
				if wrong {
					login.Password = "not the secret"
				}
				if wrong && name == sasl.External {
					login.User = "eve"
				}
				_, sent, err := logIn(t, login, "AUTH "+name, func(in *bufio.Reader, say func(string)) {
					if err := serveSASL(in, say, oracle(name)); err != nil {
						say("535 5.7.8 no, " + strings.ReplaceAll(err.Error(), "\n", " "))
						return
					}
					say("235 in")
				})
				if !strings.HasPrefix(sent.String(), "AUTH "+name) {
					t.Errorf("the server read %q", sent)
				}
				if !wrong {
					if err != nil {
						t.Error(err)
					}
					return
				}
				var e *Error
				if !errors.As(err, &e) || e.Kind != KindAuthOrTLS || e.Reply.Code != 535 {
					t.Fatal(err)
				}
				if !strings.Contains(err.Error(), "535 5.7.8 no, ") {
					t.Error(err)
				}
				isBearer := name == xoauth2 || name == sasl.OAuthBearer
				if isBearer != errors.Is(err, ErrToken) || isBearer != strings.Contains(err.Error(), `token rejected: {"status":`) {
					t.Errorf("the server's reason in JSON: %v", err)
				}
			})
		}
	}
}

// serveSASL is the server's side of RFC 4954. An error means that the login is
// refused.
func serveSASL(in *bufio.Reader, say func(string), server sasl.Server) error {
	line, _ := in.ReadString('\n')
	_, text, hasInitial := strings.Cut(strings.TrimSpace(strings.TrimPrefix(line, "AUTH ")), " ")
	var response []byte
	if hasInitial {
		response, _ = base64.StdEncoding.DecodeString(text)
	}
	if text == "=" {
		response = []byte{}
	}
	for {
		challenge, done, err := server.Next(response)
		if err != nil || done {
			return err
		}
		say("334 " + base64.StdEncoding.EncodeToString(challenge))
		line, err = in.ReadString('\n')
		if err != nil || line == "*\r\n" {
			return errors.New("cancelled")
		}
		response, err = base64.StdEncoding.DecodeString(strings.TrimSpace(line))
		if err != nil {
			return err
		}
	}
}

// serverFunc is a sasl.Server.
type serverFunc func(response []byte) (challenge []byte, done bool, err error)

func (f serverFunc) Next(response []byte) ([]byte, bool, error) { return f(response) }

var errWrong = errors.New("wrong")

func errUnless(ok bool) error {
	if ok {
		return nil
	}
	return errWrong
}

// oracle returns a server for the mechanism that shares no code with the
// client: if possible, one of a library.
func oracle(name string) sasl.Server {
	switch name {
	case sasl.Plain:
		return sasl.NewPlainServer(func(identity, user, secret string) error {
			return errUnless(identity == "" && user == loginUser && secret == loginSecret)
		})
	case sasl.External:
		return sasl.NewExternalServer(func(identity string) error { return errUnless(identity == loginUser) })
	case sasl.OAuthBearer:
		return sasl.NewOAuthBearerServer(func(o sasl.OAuthBearerOptions) *sasl.OAuthBearerError {
			if o.Username == loginUser && o.Token == loginSecret {
				return nil
			}
			return &sasl.OAuthBearerError{Status: "invalid_token", Schemes: "bearer"}
		})
	case sasl.Login:
		return loginOracle()
	case xoauth2:
		return xoauth2Oracle()
	case cramMD5:
		return cramMD5Oracle()
	}
	return scramServer(name, loginSecret)
}

func loginOracle() sasl.Server {
	step, user := 0, ""
	return serverFunc(func(r []byte) ([]byte, bool, error) {
		step++
		switch step {
		case 1:
			return []byte("User Name\x00"), false, errUnless(r == nil)
		case 2:
			user = string(r)
			return []byte("Password\x00"), false, nil
		}
		return nil, true, errUnless(user == loginUser && string(r) == loginSecret)
	})
}

func xoauth2Oracle() sasl.Server {
	rejected := false
	return serverFunc(func(r []byte) ([]byte, bool, error) {
		switch {
		case rejected:
			return nil, true, errUnless(len(r) > 0)
		case string(r) == "user="+loginUser+"\x01auth=Bearer "+loginSecret+"\x01\x01":
			return nil, true, nil
		}
		rejected = true
		reason, _ := json.Marshal(map[string]string{"status": "401"})
		return reason, false, nil
	})
}

func cramMD5Oracle() sasl.Server {
	const challenge = "<1896.697170952@postoffice.example>"
	step := 0
	return serverFunc(func(r []byte) ([]byte, bool, error) {
		step++
		if step == 1 {
			return []byte(challenge), false, errUnless(r == nil)
		}
		sum := hmac.New(md5.New, []byte(loginSecret))
		sum.Write([]byte(challenge))
		return nil, true, errUnless(string(r) == loginUser+" "+hex.EncodeToString(sum.Sum(nil)))
	})
}

func scramServer(name, secret string) sasl.Server {
	hash := scramoracle.SHA256
	if name == scramSHA1 {
		hash = scramoracle.SHA1
	}
	server, err := hash.NewServer(func(string) (scramoracle.StoredCredentials, error) {
		client, err := hash.NewClient(loginUser, secret, "")
		if err != nil {
			client, err = hash.NewClientUnprepped(loginUser, secret, "")
		}
		if err != nil {
			return scramoracle.StoredCredentials{}, err
		}
		return client.GetStoredCredentialsWithError(scramoracle.KeyFactors{Salt: "salt salt", Iters: 4096})
	})
	if err != nil {
		panic(err)
	}
	conversation, sentFinal := server.NewConversation(), false
	return serverFunc(func(r []byte) ([]byte, bool, error) {
		if sentFinal {
			return nil, true, errUnless(conversation.Valid() && len(r) == 0)
		}
		if r == nil {
			return nil, false, errors.New("no initial response")
		}
		challenge, err := conversation.Step(string(r))
		if err != nil {
			return nil, true, err
		}
		sentFinal = conversation.Done()
		return []byte(challenge), false, nil
	})
}

func TestInvalidSecrets(t *testing.T) {
	for _, test := range []struct{ mechanism, user, secret, err string }{
		{"PLAIN", "bob", "a\x00b", "invalid user or password: contains a control character"},
		{"PLAIN", "b\x00b", "x", "invalid user or password: contains a control character"},
		{"XOAUTH2", "bob", "a\x01b", "invalid user or password: contains a control character"},
		{"OAUTHBEARER", "b\x01ob", "x", "invalid user or password: contains a control character"},
	} {
		_, err := logInByScript(t, Login{Mechanism: test.mechanism, User: test.user, Password: test.secret},
			"AUTH "+test.mechanism, "")
		if err == nil || err.Error() != "test: AUTH: "+test.err {
			t.Errorf("%+v: %v", test, err)
		}
	}
}

func TestInitialResponses(t *testing.T) {
	for _, test := range []struct{ mechanism, user, secret, want string }{
		{"SCRAM-SHA-1", "a=b,c", "x", "n,,n=a=3Db=2Cc,r="},                       // RFC 5802 §5.1
		{"OAUTHBEARER", "a=b,c", "t", "n,a=a=3Db=2Cc,\x01auth=Bearer t\x01\x01"}, // RFC 5801 §4
		{"OAUTHBEARER", "", "t", "n,,\x01auth=Bearer t\x01\x01"},
		{"EXTERNAL", "", "", ""},
	} {
		client := findMechanism(test.mechanism).newClient(test.user, test.secret)
		name, initial, err := client.Start()
		if err != nil || name != test.mechanism || !strings.HasPrefix(string(initial), test.want) {
			t.Errorf("%s %q, %v; want %s %q", name, initial, err, test.mechanism, test.want)
		}
		if initial == nil { // an empty initial response is sent as "=", none is not sent
			t.Errorf("%s: no initial response", test.mechanism)
		}
	}
}

// A server that does not know the password can neither prove that it does nor
// make a client panic or send the password.
func FuzzChallenges(f *testing.F) {
	for _, seed := range [][2]string{
		{"", ""},
		{"r=x,s=c2FsdA==,i=4096", "v=AAAA"},
		{"m=x,r=,s=,i=", "e=no"},
		{"Username:", "Password:"},
		{`{"status":"401"}`, ""},
		{"i=1,i=-1", "\x00"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, first, second string) {
		for _, m := range mechanisms {
			client := m.newClient("bob", "hunter2")
			if _, _, err := client.Start(); err != nil {
				t.Fatal(err)
			}
			for _, challenge := range []string{first, second, second} {
				response, err := respond(client, m.name, Reply{Code: 334, Lines: []string{encodeBase64(challenge)}})
				if err != nil {
					break
				}
				if m.name != sasl.Login && string(response) == "hunter2" {
					t.Fatalf("%s sends the password", m.name)
				}
			}
			if scram, ok := client.(*scramClient); ok && scram.Finish(true) == nil {
				t.Fatalf("%s: %q, %q are accepted as a proof", m.name, first, second)
			}
		}
	})
}
