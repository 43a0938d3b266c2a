//go:build linux

package cli

import (
	"strings"
	"sync"
	"testing"
)

// deliverBig delivers a mail that no socket can hold.
const deliverBig = "exec mailpipe deliver -S $SERVER --tls none <big"

// A server that waits at every stage until the screen shows it. Nothing is left on the
// screen, and no line was longer than the terminal.
func TestProgressStages(t *testing.T) {
	t.Parallel()
	dir := progressDir(t)
	var all sync.WaitGroup
	defer all.Wait()
	for name, tt := range map[string]struct{ command, script string }{
		"pipelining": {deliverBig, `
W: waiting for the greeting: 1 s
S: 220 here
C: EHLO
W: waiting for the reply to EHLO:
S: 250-here
S: 250-SIZE
S: 250 PIPELINING
C: DATA
W: waiting for the reply to MAIL:
S: 250 yes
W: waiting for the reply to RCPT:
S: 250 yes
W: waiting for the reply to DATA:
S: 354 go on
W: of 8.0 MiB, 
C: .
W: waiting for the reply to the final dot: 1 s
S: 250 done
S: 221 bye`},
		"one command at a time": {deliverBig, `
W: waiting for the greeting: 1 s
S: 220 here
C: EHLO
S: 250 here
C: MAIL
W: waiting for the reply to MAIL:
S: 250 yes
C: RCPT
W: waiting for the reply to RCPT:
S: 250 yes
C: DATA
W: waiting for the reply to DATA:
S: 354 go on
C: .
W: waiting for the reply to the final dot:
S: 250 done
C: QUIT
S: 221 bye`},
		"BDAT": {deliverBig + " --chunking", `
W: waiting for the greeting: 1 s
S: 220 here
C: EHLO
S: 250-here
S: 250-CHUNKING
S: 250 PIPELINING
C: RCPT
S: 250 yes
S: 250 yes
W: sending:
B: 2
W: of 8.0 MiB, 
B: 1000
W: waiting for the reply to the last chunk:
S: 250 done
C: QUIT
S: 221 bye`},
		"LMTP": {"exec mailpipe deliver -S lmtp://$SERVER --tls none c@example.org d@example.org <mail", `
W: waiting for the greeting: 1 s
S: 220 here
C: LHLO
W: waiting for the reply to LHLO:
S: 250 here
C: MAIL
S: 250 yes
C: RCPT
S: 250 yes
C: RCPT
S: 250 yes
C: DATA
S: 354 go on
C: .
S: 250 done
W: waiting for the reply to the final dot: 1 s
S: 250 done`},
		"STARTTLS": {"exec mailpipe deliver -S $SERVER --tls opportunistic <mail", `
W: waiting for the greeting: 1 s
S: 220 here
C: EHLO
S: 250-here
S: 250 STARTTLS
C: STARTTLS
W: waiting for the reply to STARTTLS:
S: 220 go on
W: waiting for the TLS handshake:
T: 
C: EHLO
W: waiting for the reply to EHLO: 1 s
S: 250 here` + toDot + `
S: 250 done`},
		"smtps": {"exec mailpipe deliver -S smtps://$SERVER --tls opportunistic <mail", `
W: waiting for the TLS handshake: 1 s
T: 
S: 220 here
C: EHLO
S: 250 here` + toDot + `
S: 250 done`},
		"probe": {"exec mailpipe deliver -S $SERVER --tls none --probe >/dev/null", `
W: waiting for the greeting: 1 s
S: 220 here
C: EHLO
S: 250 here
C: QUIT
S: 221 bye`},
	} {
		s, _ := startWithServer(t, dir, tt.command, tt.script, (*screen).sees)
		all.Go(func() {
			text := s.exits(exitOK)
			if got := rows(text); len(got) > 0 {
				t.Errorf("%s: the screen shows %q", name, got)
			}
			if n := widest(text); n > 79 || strings.Contains(text, "\x1b") {
				t.Errorf("%s: %d columns: %q", name, n, text)
			}
		})
	}
}
