package wire

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
)

// A context that ends at any event of a dialogue leaves each recipient with the
// whole mail, once, and told so, or with none.
func TestCancelAnywhere(t *testing.T) {
	for _, offers := range []string{"250-x\r\n", "250-PIPELINING\r\n", "250-CHUNKING\r\n", "250-PIPELINING\r\n250-CHUNKING\r\n"} {
		for _, lmtp := range []bool{false, true} {
			t.Run(fmt.Sprintf("%q lmtp=%t", offers, lmtp), func(t *testing.T) {
				last := 1
				for at := 1; at <= last; at++ {
					synctest.Test(t, func(t *testing.T) { last = cancelAt(t, at, offers, lmtp) })
				}
			})
		}
	}
}

// cancelAt delivers in two transactions and returns how many events there were.
func cancelAt(t *testing.T, at int, offers string, lmtp bool) (events int) {
	mail := strings.Repeat("0123456789\r\n", 2*bufferSize/12)
	k := &keeper{offers: offers + "250 LIMITS RCPTMAX=1\r\n", kept: map[string]string{}}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	server := Server{Name: "test", Hello: "me", Dial: k.dial, Security: TLSNone, LMTP: lmtp, Trace: func(Event) {
		if events++; events == at {
			cancel()
		}
	}}
	e := envelope("a@x", "b@x")
	e.Chunking = true
	r, err := Deliver(ctx, []Server{server}, e, &text{s: mail})
	synctest.Wait()
	for i, was := range outcomes(r) {
		kept, served := k.kept[e.To[i]]
		if served != (was == 'A') || served && kept != mail {
			t.Errorf("at event %d: %c, and %d octets were kept", at, was, len(kept))
		}
	}
	if err != nil && !errors.Is(err, context.Canceled) || err == nil && outcomes(r) != "AA" {
		t.Errorf("at event %d: %s, %v", at, outcomes(r), err)
	}
	return events
}

// keeper is a server that takes each mail that comes to its end.
type keeper struct {
	offers string
	kept   map[string]string // by recipient
}

func (k *keeper) dial(context.Context) (net.Conn, error) {
	client, server := net.Pipe()
	go k.serve(server)
	return client, nil
}

func (k *keeper) serve(conn net.Conn) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	to, mail := "", []byte(nil)
	reply := "220 hi\r\n"
	for {
		if _, err := io.WriteString(conn, reply); err != nil {
			return
		}
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		reply = "250 ok\r\n"
		whole := false
		switch verb, rest, _ := strings.Cut(strings.TrimSpace(line), " "); verb {
		case "EHLO", "LHLO":
			reply = k.offers
		case "MAIL":
			mail = nil
		case "RCPT":
			to = strings.Trim(rest, "TO:<>")
		case "DATA":
			io.WriteString(conn, "354 go on\r\n")
			for {
				if line, err = in.ReadString('\n'); err != nil {
					return
				}
				if whole = line == ".\r\n"; whole {
					break
				}
				mail = append(mail, line...)
			}
		case "BDAT":
			var n int
			fmt.Sscan(rest, &n)
			chunk := make([]byte, n)
			if _, err := io.ReadFull(in, chunk); err != nil {
				return
			}
			mail = append(mail, chunk...)
			whole = strings.HasSuffix(rest, "LAST")
		}
		if whole {
			k.kept[to] += string(mail) // twice is not what was sent
		}
	}
}
