package sink

import (
	"bufio"
	"errors"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"mailpipe/internal/submit"
	"mailpipe/wire"
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

// A rule that was used as often as it says, or is for another address, does not match.
// The first one that matches counts, in all sessions together.
func TestRules(t *testing.T) {
	addr, _ := start(t, Options{Reply: []Rule{
		rule(t, "rcpt:bob@example.org=451*1"),
		rule(t, "rcpt:bob@example.org=452*2"),
		rule(t, `rcpt:<Carol@example.org>="550 5.1.1 no = such user"`),
		rule(t, "mail:<>=551 not you"),
		rule(t, "rcpt=553*1"),
	}})
	play(t, connect(t, addr), `
		(hello)
		C: MAIL FROM:<>
		S: 551 not you
		(mail)
		C: RCPT TO:<bob@example.org>
		S: 451 4.0.0 .*
		C: RCPT TO:<carol@EXAMPLE.org>
		S: 550 5.1.1 no = such user
		C: RCPT TO:<dan@example.org>
		S: 553 5.0.0 .*
		C: RCPT TO:<dan@example.org>
		S: 250 .*
		(quit)`)
	play(t, connect(t, addr), `
		(hello)(mail)
		C: RCPT TO:<bob@example.org>
		S: 452 .*
		C: RCPT TO:<bob@example.org>
		S: 452 .*
		(rcpt)(quit)`)
}

// A session that is closed at a stage ends there, after the replies before it. One that
// stalls sends nothing until the client is gone.
func TestCloseAndStall(t *testing.T) {
	for _, c := range []struct{ stage, before, command string }{
		{"greeting", "", ""},
		{"ehlo", "S: 220 .*", "EHLO x"},
		{"mail", "(hello)", "MAIL FROM:<alice@example.org>"},
		{"rcpt", "(hello)(mail)", "RCPT TO:<bob@example.org>"},
		{"data", "(hello)(mail)(rcpt)", "DATA"},
		{"dot", "(hello)(mail)(rcpt)(data)", "."},
		{"dot", "(hello)(mail)(rcpt)", "BDAT 0 LAST"},
		{"quit", "(hello)", "QUIT"},
	} {
		for _, action := range []string{"close", "stall"} {
			t.Run(c.stage+" "+action, func(t *testing.T) {
				dir := t.TempDir()
				addr, _ := start(t, Options{Dir: dir, Reply: []Rule{rule(t, c.stage+"="+action+"*1")}})
				conn := connect(t, addr)
				play(t, conn, c.before)
				if c.command != "" {
					io.WriteString(conn, c.command+"\r\n")
				}
				if action == "stall" {
					io.WriteString(conn, "NOOP\r\n") // is not answered either
					conn.(*net.TCPConn).CloseWrite()
				}
				if rest, err := io.ReadAll(conn); len(rest) > 0 || err != nil {
					t.Errorf("got %q, %v", rest, err)
				}
				if mails := stored(t, dir); len(mails) > 0 {
					t.Errorf("%q were stored", mails)
				}
				play(t, connect(t, addr), oneMail) // the rule is used up
			})
		}
	}
}

// A client that stalls longer than one may be idle is not sent away.
func TestStallIsLong(t *testing.T) {
	servePipe(t, Options{Reply: []Rule{rule(t, "mail=stall")}}, func(t *testing.T, c net.Conn, r *bufio.Reader) {
		talkPipe(t, c, r, "", "220")
		talkPipe(t, c, r, "HELO x", "250")
		io.WriteString(c, "MAIL FROM:<a@x>\r\n")
		c.SetReadDeadline(time.Now().Add(time.Hour))
		if n, err := r.Read(make([]byte, 1)); n > 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%d octets, %v", n, err)
		}
		c.Close()
	})
}

func TestInvalidRules(t *testing.T) {
	for text, want := range map[string]string{
		"rcpt":          "must be STAGE[:ADDR]=ACTION[*N], such as rcpt=451 or dot=close*2",
		"":              "must be STAGE[:ADDR]=ACTION[*N], such as rcpt=451 or dot=close*2",
		"rset=500":      `unknown stage "rset": must be one of greeting, ehlo, starttls, auth, mail, rcpt, data, dot, quit`,
		"rcpt=99":       "invalid reply code 99 for rcpt: must be 200 to 599",
		"rcpt=600":      "invalid reply code 600 for rcpt: must be 200 to 599",
		"rcpt=":         `invalid action "": must be a code, close or stall`,
		"rcpt=hang":     `invalid action "hang": must be a code, close or stall`,
		`rcpt="hang"`:   `invalid action "hang": must be a code, close or stall`,
		"rcpt=451*0":    `invalid number of times "0": must be a number from 1`,
		"rcpt=451*-1":   `invalid number of times "-1": must be a number from 1`,
		"rcpt=451*x":    `invalid number of times "x": must be a number from 1`,
		"dot:a@b=451":   "dot has no address: only mail and rcpt have one",
		"rcpt:=451":     `missing address in "rcpt:"`,
		"rcpt=451 a\nb": "the words contain a control character",
		"rcpt=451\x1b":  `invalid action "451\x1b": must be a code, close or stall`,
	} {
		if _, err := ParseRule(text); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestParseRule(t *testing.T) {
	for text, want := range map[string]Rule{
		"rcpt=451*1": {wire.StageRcpt, "", submit.Reply{Code: 451, Text: "4.0.0 sink: as requested"}, 1},
		"RCPT:a=b*c@d=550": {
			wire.StageRcpt, "<a=b*c@d>", submit.Reply{Code: 550, Text: "5.0.0 sink: as requested"}, 0,
		},
		"dot=close*2":             {wire.StageDot, "", submit.Reply{Code: submit.Close}, 2},
		"ehlo=stall":              {wire.StageHello, "", submit.Reply{Code: submit.Stall}, 0},
		`mail:a@b="550 x=y*3"`:    {wire.StageMail, "<a@b>", submit.Reply{Code: 550, Text: "x=y*3"}, 0},
		`mail="550 x"*3`:          {wire.StageMail, "", submit.Reply{Code: 550, Text: "x"}, 3},
		"mail:a=b@c=550 x = y":    {wire.StageMail, "<a=b@c>", submit.Reply{Code: 550, Text: "x = y"}, 0},
		"data=354":                {wire.StageData, "", submit.Reply{Code: 354, Text: "sink: as requested"}, 0},
		"starttls=454 no TLS now": {wire.StageTLS, "", submit.Reply{Code: 454, Text: "no TLS now"}, 0},
	} {
		if got, err := ParseRule(text); got != want || err != nil {
			t.Errorf("%s: %+v, %v, want %+v", text, got, err, want)
		}
	}
}
