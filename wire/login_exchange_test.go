package wire

import (
	"bufio"
	"errors"
	"strings"
	"testing"
)

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
