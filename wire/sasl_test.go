package wire

import (
	"bufio"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"strings"
	"testing"

	"github.com/emersion/go-sasl"
	oracles "github.com/xdg-go/scram"
	"github.com/xdg-go/stringprep"
)

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
				_, said, err := logIn(t, login, "AUTH "+name, func(in *bufio.Reader, say func(string)) {
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
				if !wrong && err != nil || wrong && (!errors.As(err, &e) || e.Kind != KindAuthOrTLS || e.Reply.Code != 535 || !strings.Contains(err.Error(), "535 5.7.8 no, ")) {
					t.Error(err)
				}
				if wrong && strings.Contains(name, "AUTH") && (!errors.Is(err, ErrToken) || !strings.Contains(err.Error(), `the server says {"status":`)) {
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
	hash := oracles.SHA256
	if name == "SCRAM-SHA-1" {
		hash = oracles.SHA1
	}
	server, err := hash.NewServer(func(string) (oracles.StoredCredentials, error) {
		client, err := hash.NewClient(loginUser, secret, "")
		if err != nil {
			client, err = hash.NewClientUnprepped(loginUser, secret, "")
		}
		if err != nil {
			return oracles.StoredCredentials{}, err
		}
		return client.GetStoredCredentialsWithError(oracles.KeyFactors{Salt: "salt salt", Iters: 4096})
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

// SASLprep is done to a password; what does not fit it, such as emoji, still logs in.
func TestSCRAMPasswords(t *testing.T) {
	for _, secret := range []string{"I\u00adX\u00a0\u2168", "pass🔑word", "gr\xfcn"} {
		_, _, err := logIn(t, Login{Secret: func() (string, error) { return secret, nil }}, "AUTH SCRAM-SHA-256", func(in *bufio.Reader, say func(string)) {
			if err := serveSASL(in, say, scramServer("SCRAM-SHA-256", secret)); err != nil {
				t.Error(err)
			}
			say("235 in")
		})
		if err != nil {
			t.Errorf("%q: %v", secret, err)
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
		{"yes at once", func(in *bufio.Reader, say func(string)) { first(in); say("235 in") }, KindAuthOrTLS, "SCRAM: the server says yes but did not prove that it knows the password"},
		{"yes without a proof", func(in *bufio.Reader, say func(string)) {
			say("334 " + b64("r="+first(in)+"x,s="+b64("salt")+",i=4096"))
			in.ReadString('\n')
			say("235 in")
		}, KindAuthOrTLS, "did not prove that it knows the password"},
		{"wrong proof", func(in *bufio.Reader, say func(string)) {
			say("334 " + b64("r="+first(in)+"x,s="+b64("salt")+",i=4096"))
			in.ReadString('\n')
			say("334 " + b64("v="+b64(strings.Repeat("x", 32))))
		}, KindAuthOrTLS, "AUTH: SCRAM: the server did not prove that it knows the password"},
		{"another's nonce", func(in *bufio.Reader, say func(string)) {
			first(in)
			say("334 " + b64("r="+strings.Repeat("abc", 20)+",s="+b64("salt")+",i=4096"))
		}, KindAuthOrTLS, "SCRAM: the server's nonce does not begin with ours"},
		{"our own nonce", func(in *bufio.Reader, say func(string)) {
			say("334 " + b64("r="+first(in)+",s="+b64("salt")+",i=4096"))
		}, KindAuthOrTLS, "SCRAM: the server's nonce does not begin with ours"},
		{"salt in no base64", func(in *bufio.Reader, say func(string)) {
			say("334 " + b64("r="+first(in)+"x,s=?,i=4096"))
		}, KindProtocol, "SCRAM: the salt is not base64"},
		{"an extension that we must know", func(in *bufio.Reader, say func(string)) {
			say("334 " + b64("m=x,r="+first(in)+"x,s="+b64("salt")+",i=4096"))
		}, KindProtocol, "SCRAM: no nonce, salt and rounds in the challenge"},
		{"one round", func(in *bufio.Reader, say func(string)) {
			say("334 " + b64("r="+first(in)+"x,s="+b64("salt")+",i=1"))
		}, KindAuthOrTLS, "SCRAM: the server asks for 1 rounds, not for 4096 to 4194304"},
		{"endless rounds", func(in *bufio.Reader, say func(string)) {
			say("334 " + b64("r="+first(in)+"x,s="+b64("salt")+",i=2147483647"))
		}, KindAuthOrTLS, "SCRAM: the server asks for 2147483647 rounds"},
		{"more rounds than a number has", func(in *bufio.Reader, say func(string)) {
			say("334 " + b64("r="+first(in)+"x,s="+b64("salt")+",i=99999999999999999999"))
		}, KindAuthOrTLS, "SCRAM: the server asks for 99999999999999999999 rounds"},
		{"nonsense", func(in *bufio.Reader, say func(string)) { first(in); say("334 " + b64("hello")) }, KindProtocol, "SCRAM: no nonce, salt and rounds in the challenge"},
		{"its own error", func(in *bufio.Reader, say func(string)) {
			say("334 " + b64("r="+first(in)+"x,s="+b64("salt")+",i=4096"))
			in.ReadString('\n')
			say("334 " + b64("e=invalid-proof"))
		}, KindAuthOrTLS, "SCRAM: the server says invalid-proof: 535 5.7.8 no"},
		{"too much", func(in *bufio.Reader, say func(string)) {
			if err := serveSASL(in, say, scramServer("SCRAM-SHA-256", loginSecret)); err != nil {
				t.Error(err)
			}
			say("334 " + b64("more"))
		}, KindProtocol, "a challenge after the last word of SCRAM"},
	} {
		_, said, err := logIn(t, Login{}, "AUTH SCRAM-SHA-256 PLAIN", func(in *bufio.Reader, say func(string)) {
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
	if m, err := scramMechanism(sha1.New, "a=b,c", "x"); err != nil || !strings.HasPrefix(string(m.initial), "n,,n=a=3Db=2Cc,r=") { // RFC 5802 §5.1
		t.Errorf("%q %v", m.initial, err)
	}
	if m, err := mechanisms[external]("", ""); err != nil || m.initial == nil { // nobody named is "=", not nothing
		t.Error(m, err)
	}
	m, err := oauthBearer("a=b,c", "t")
	if err != nil || string(m.initial) != "n,a=a=3Db=2Cc,\x01auth=Bearer t\x01\x01" { // RFC 5801 §4
		t.Errorf("%q %v", m.initial, err)
	}
}

// Whatever a server says that does not know the password, it never proves that
// it does, and no mechanism falls over it.
func FuzzChallenges(f *testing.F) {
	for _, seed := range [][2]string{
		{"", ""}, {"r=x,s=c2FsdA==,i=4096", "v=AAAA"}, {"m=x,r=,s=,i=", "e=no"}, {"Username:", "Password:"}, {`{"status":"401"}`, ""}, {"i=1,i=-1", "\x00"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, first, second string) {
		for name, start := range mechanisms {
			m, err := start("bob", "hunter2")
			if err != nil {
				t.Fatal(err)
			}
			for _, challenge := range []string{first, second, second} {
				response, _, err := m.answer(Reply{Code: 334, Lines: []string{b64(challenge)}})
				if err != nil {
					break
				}
				if name != "LOGIN" && string(response) == "hunter2" {
					t.Fatalf("%s gives the password away", name)
				}
			}
			if m.end != nil && m.end() == nil {
				t.Fatalf("%s: %q, %q pass for a proof", name, first, second)
			}
		}
	})
}

// The exchanges of RFC 5802 §5 and RFC 7677 §3.
func TestSCRAMOfTheRFCs(t *testing.T) {
	for _, test := range []struct {
		hash                           func() hash.Hash
		nonce, first, response, second string
	}{
		{sha1.New, "fyko+d2lbbFgONRv9qkxdawL", "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
			"c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=", "v=rmF9pqV8S7suAoZWja4dJRkFsKQ="},
		{sha256.New, "rOprNGfwEbeRWgbNEkqO", "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
			"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="},
	} {
		s := &scram{hash: test.hash, secret: "pencil", nonce: test.nonce, first: "n=user,r=" + test.nonce}
		if got, err := s.next([]byte(test.first)); err != nil || string(got) != test.response {
			t.Errorf("%s %v", got, err)
		}
		if _, err := s.next([]byte(test.second)); err != nil || s.end() != nil {
			t.Error(err)
		}
	}
}

// Where SASLprep forbids nothing, another's implementation says the same.
func FuzzPrepare(f *testing.F) {
	for _, seed := range []string{"pencil", "I\u00adX", "\u00aa", "\u2168", "a\u00a0b\u3000c\u200bd", "\u200c\ufe0fx\u2060", "e\u0301", "pass🔑word"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if want, err := stringprep.SASLprep.Prepare(s); err == nil && prepare(s) != want {
			t.Errorf("%+q: %+q, want %+q", s, prepare(s), want)
		}
	})
}
