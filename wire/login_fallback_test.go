package wire

import (
	"testing"
)

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
			close`, "test: AUTH: the server closed the connection: 535 5.7.8 no such user"},
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
