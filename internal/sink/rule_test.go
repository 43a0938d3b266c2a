package sink

import (
	"strconv"
	"strings"
	"testing"
)

// replies are cases of Options.Reply. After the stage, the code and the number of
// mails that are stored follows the dialogue.
const replies = `
=== greeting 554 0
	S: 554 5.0.0 .*
	(quit)
=== greeting 421 0
	S: 421 4.0.0 .*
	closed
=== ehlo 502 0
	S: 220 .*
	C: EHLO x
	S: 502 5.0.0 .*
	C: HELO x
	S: 250 .*
	(mail)(rcpt)(quit)
=== ehlo 250 0
	S: 220 .*
	C: EHLO x
	S: 250 2.0.0 .*
	(mail)(rcpt)(quit)
=== mail 550 0
	(hello)
	C: MAIL FROM:<a@example.org>
	S: 550 5.0.0 .*
	C: RCPT TO:<b@example.org>
	S: 503 .*
	(quit)
=== mail 251 0
	(hello)
	C: MAIL FROM:<a@example.org>
	S: 251 2.0.0 .*
	(rcpt)(quit)
=== rcpt 451 0
	(hello)(mail)
	C: RCPT TO:<b@example.org>
	S: 451 4.0.0 .*
	C: DATA
	S: 503 .*
	(quit)
=== rcpt 252 1
	(hello)(mail)
	C: RCPT TO:<b@example.org>
	S: 252 2.0.0 .*
	(data)
	C: .
	S: 250 .*
	(quit)
=== rcpt 421 0
	(hello)(mail)
	C: RCPT TO:<b@example.org>
	S: 421 4.0.0 .*
	closed
=== data 554 0
	(hello)(mail)(rcpt)
	C: DATA
	S: 554 5.0.0 .*
	C: NOOP
	S: 250 .*
	(mail)(rcpt)
	C: DATA
	S: 554 .*
	(quit)
=== data 250 0
	(hello)(mail)(rcpt)
	C: DATA
	S: 250 2.0.0 .*
	(quit)
=== data 354 1
	(hello)(mail)(rcpt)
	C: DATA
	S: 354 sink.*
	C: .
	S: 250 .*
	(quit)
=== data 421 0
	(hello)(mail)(rcpt)
	C: DATA
	S: 421 4.0.0 .*
	closed
=== data 451 0
	(hello)
	C: MAIL FROM:<a@example.org>
	C: RCPT TO:<b@example.org>
	C: DATA
	S: 250 .*
	S: 250 .*
	S: 451 .*
	C: RSET
	C: QUIT
	S: 250 .*
	S: 221 .*
	closed
=== dot 552 0
	(hello)(mail)(rcpt)(data)
	C: x
	C: .
	S: 552 5.0.0 .*
	(quit)
=== dot 354 0
	(hello)(mail)(rcpt)(data)
	C: x
	C: .
	S: 354 sink.*
	(quit)
=== dot 421 0
	(hello)(mail)(rcpt)
	C: BDAT 2 LAST
	C:
	S: 421 .*
	closed
=== quit 451 1
	(hello)(mail)(rcpt)(data)
	C: .
	S: 250 .*
	C: QUIT
	S: 451 4.0.0 .*
	closed
`

// rule parses a rule that is valid.
func rule(t *testing.T, text string) Rule {
	t.Helper()
	r, err := ParseRule(text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Each stage is replaced, and no other.
func TestReply(t *testing.T) {
	for _, c := range strings.Split(replies, "\n=== ")[1:] {
		name, dialogue, _ := strings.Cut(c, "\n")
		t.Run(name, func(t *testing.T) {
			words := strings.Fields(name)
			dir := t.TempDir()
			addr, _ := start(t, Options{Dir: dir, Reply: []Rule{rule(t, words[0]+"="+words[1])}})
			play(t, connect(t, addr), dialogue)
			if n := strconv.Itoa(len(stored(t, dir))); n != words[2] {
				t.Errorf("%s mails were stored, want %s", n, words[2])
			}
		})
	}
}
