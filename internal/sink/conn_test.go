package sink

import (
	"bytes"
	"io"
	"net"
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
	S: 502 .*
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
	S: 502 .*
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

// The replies of go-smtp are replaced stage by stage, and no others. If an upgrade
// of go-smtp changes what a conn recognizes them by, a case fails.
func TestReply(t *testing.T) {
	for _, c := range strings.Split(replies, "\n=== ")[1:] {
		name, dialogue, _ := strings.Cut(c, "\n")
		t.Run(name, func(t *testing.T) {
			words := strings.Fields(name)
			code, err := strconv.Atoi(words[1])
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			addr, _ := start(t, Options{Dir: dir, Reply: map[string]int{words[0]: code}})
			play(t, connect(t, addr), dialogue)
			if n := strconv.Itoa(len(stored(t, dir))); n != words[2] {
				t.Errorf("%s mails were stored, want %s", n, words[2])
			}
		})
	}
}

// A recorder is a connection that keeps what is written.
type recorder struct {
	net.Conn
	bytes.Buffer
}

func (r *recorder) Write(p []byte) (int, error) { return r.Buffer.Write(p) }
func (r *recorder) Read(p []byte) (int, error)  { return r.Buffer.Read(p) }

// A conn works with whole lines, however go-smtp writes them.
func TestReplyInPieces(t *testing.T) {
	const written = "220 hi\r\n250-a\r\n250-b\r\n250 c\r\n250 354 221 x\r\n\n25\r\n221 bye\r\n"
	want := "220 hi\r\n" +
		"502 5.0.0 sink: as requested\r\n" +
		"250 354 221 x\r\n\n25\r\n" +
		"451 4.0.0 sink: as requested\r\n"
	for size := 1; size <= len(written); size++ {
		var r recorder
		c := &conn{Conn: &r, reply: map[string]int{"ehlo": 502, "quit": 451}}
		if _, err := io.CopyBuffer(struct{ io.Writer }{c}, &pieceReader{written, size}, nil); err != nil {
			t.Fatal(err)
		}
		if got := r.Buffer.String(); got != want {
			t.Errorf("by %d:\n%q, want\n%q", size, got, want)
		}
	}
}
