package wire

import (
	"bufio"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"hash"
	"strings"
	"testing"
)

// SASLprep is applied to a password. A password that it prohibits, such as one
// with emoji, works nevertheless.
func TestSCRAMPasswords(t *testing.T) {
	for _, secret := range []string{"I\u00adX\u00a0\u2168", "pass🔑word", "gr\xfcn"} {
		_, _, err := logIn(t, Login{Password: secret}, "AUTH SCRAM-SHA-256", func(in *bufio.Reader, say func(string)) {
			if err := serveSASL(in, say, scramServer(scramSHA256, secret)); err != nil {
				t.Error(err)
			}
			say("235 in")
		})
		if err != nil {
			t.Errorf("%q: %v", secret, err)
		}
	}
}

// A server that does not know the password cannot pretend that it does.
func TestMaliciousSCRAM(t *testing.T) {
	wrongProof := "v=" + encodeBase64(strings.Repeat("x", 32))
	for _, test := range []struct {
		name    string
		replies []string // challenges before base64, where NONCE is the client's, or a reply that begins with 235
		kind    Kind
		words   string
	}{
		{"accepts at once", []string{"235 in"},
			KindAuthOrTLS, "AUTH: SCRAM: the server did not prove that it knows the password"},
		{"accepts without a proof", []string{"r=NONCEx,s=c2FsdA==,i=4096", "235 in"},
			KindAuthOrTLS, "AUTH: SCRAM: the server did not prove that it knows the password"},
		{"accepts after its error", []string{"r=NONCEx,s=c2FsdA==,i=4096", "e=other-error", "235 in"},
			KindAuthOrTLS, "AUTH: SCRAM: the server did not prove that it knows the password"},
		{"wrong proof", []string{"r=NONCEx,s=c2FsdA==,i=4096", wrongProof},
			KindAuthOrTLS, "AUTH: SCRAM: the server did not prove that it knows the password: 535 5.7.8 no"},
		{"another nonce", []string{"r=" + strings.Repeat("abc", 20) + ",s=c2FsdA==,i=4096"},
			KindAuthOrTLS, "SCRAM: the server's nonce does not begin with the client's"},
		{"only the client's nonce", []string{"r=NONCE,s=c2FsdA==,i=4096"},
			KindAuthOrTLS, "SCRAM: the server's nonce does not begin with the client's"},
		{"invalid salt", []string{"r=NONCEx,s=?,i=4096"},
			KindProtocol, "SCRAM: the salt is not valid base64"},
		{"mandatory extension", []string{"m=x,r=NONCEx,s=c2FsdA==,i=4096"},
			KindProtocol, "SCRAM: the challenge does not begin with a nonce, a salt and an iteration count"},
		{"one iteration", []string{"r=NONCEx,s=c2FsdA==,i=1"},
			KindAuthOrTLS, "SCRAM: unsupported iteration count 1: must be from 4096 to 4194304"},
		{"too many iterations", []string{"r=NONCEx,s=c2FsdA==,i=2147483647"},
			KindAuthOrTLS, "SCRAM: unsupported iteration count 2147483647"},
		{"iteration count overflows", []string{"r=NONCEx,s=c2FsdA==,i=99999999999999999999"},
			KindAuthOrTLS, "SCRAM: unsupported iteration count 99999999999999999999"},
		{"nonsense", []string{"hello"},
			KindProtocol, "SCRAM: the challenge does not begin with a nonce, a salt and an iteration count"},
	} {
		_, sent, err := logIn(t, Login{}, "AUTH SCRAM-SHA-256 PLAIN", func(in *bufio.Reader, say func(string)) {
			line, _ := in.ReadString('\n')
			initial, _ := base64.StdEncoding.DecodeString(strings.TrimSpace(strings.TrimPrefix(line, "AUTH SCRAM-SHA-256 ")))
			_, nonce, _ := strings.Cut(string(initial), ",r=")
			for _, reply := range test.replies {
				if strings.HasPrefix(reply, "235") {
					say(reply)
					return
				}
				say("334 " + encodeBase64(strings.ReplaceAll(reply, "NONCE", nonce)))
				line, _ = in.ReadString('\n')
			}
			if line == "*\r\n" || line == "\r\n" {
				say("535 5.7.8 no")
			}
		})
		var e *Error
		if !errors.As(err, &e) || e.Kind != test.kind || !strings.Contains(err.Error(), test.words) {
			t.Errorf("%s: %v", test.name, err)
		}
		if strings.Contains(sent.String(), "PLAIN") {
			t.Errorf("%s: the client tried a weaker mechanism", test.name)
		}
	}
}

// The server may send its error in a challenge, which the client answers before
// the final reply (RFC 5802 §7).
func TestSCRAMServerError(t *testing.T) {
	_, _, err := logIn(t, Login{}, "AUTH SCRAM-SHA-256", func(in *bufio.Reader, say func(string)) {
		server := scramServer(scramSHA256, "another secret")
		step := 0
		serveSASL(in, say, serverFunc(func(r []byte) ([]byte, bool, error) {
			step++
			switch step {
			case 1:
				return server.Next(r)
			case 2:
				return []byte("e=invalid-proof"), false, nil
			}
			return nil, true, errUnless(len(r) == 0)
		}))
		say("535 5.7.8 no")
	})
	var e *Error
	const words = "test: AUTH: SCRAM: server error invalid-proof: 535 5.7.8 no"
	if !errors.As(err, &e) || e.Kind != KindAuthOrTLS || err.Error() != words {
		t.Error(err)
	}
}

// Nothing may follow the server's proof except its final reply.
func TestSCRAMChallengeAfterProof(t *testing.T) {
	_, _, err := logIn(t, Login{}, "AUTH SCRAM-SHA-256", func(in *bufio.Reader, say func(string)) {
		if err := serveSASL(in, say, scramServer(scramSHA256, loginSecret)); err != nil {
			t.Error(err)
		}
		say("334 " + encodeBase64("more"))
	})
	var e *Error
	if !errors.As(err, &e) || e.Kind != KindProtocol || !strings.Contains(err.Error(), "unexpected challenge") {
		t.Error(err)
	}
}

// The examples of RFC 5802 §5 and RFC 7677 §3.
func TestSCRAMExamples(t *testing.T) {
	for _, test := range []struct {
		hash                                         func() hash.Hash
		nonce, serverFirst, clientFinal, serverFinal string
	}{
		{
			sha1.New, "fyko+d2lbbFgONRv9qkxdawL",
			"r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
			"c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
			"v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
		},
		{
			sha256.New, "rOprNGfwEbeRWgbNEkqO",
			"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
			"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
			"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
		},
	} {
		s := &scramClient{hash: test.hash, user: "user", password: "pencil"}
		if got := string(s.start(test.nonce)); got != "n,,n=user,r="+test.nonce {
			t.Error(got)
		}
		if got, err := s.Next([]byte(test.serverFirst)); err != nil || string(got) != test.clientFinal {
			t.Errorf("%s %v", got, err)
		}
		if _, err := s.Next([]byte(test.serverFinal)); err != nil || s.Finish(true) != nil {
			t.Error(err, s.Finish(true))
		}
	}
}
