package wire_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"mailpipe/wire"
)

// mail is a message that is in memory.
type mail string

func (m mail) WriteTo(w io.Writer) (int64, error) {
	n, err := io.WriteString(w, string(m))
	return int64(n), err
}

func Example() {
	server := wire.Server{
		Security: wire.TLSNone,
		Name:     "mx.example.org",
		Dial:     dial, // for this example; Address: "mx.example.org:25" calls a server
	}
	envelope := wire.Envelope{From: "alice@example.org", To: []string{"bob@example.org", "carol@example.org"}}
	receipt, err := wire.Deliver(context.Background(), []wire.Server{server}, envelope, mail("Subject: Hello\r\n\r\nHello.\r\n"))

	for _, to := range receipt.Recipients {
		switch to.Outcome {
		case wire.OutcomeAccepted:
			fmt.Println(to.Address, "is served by", to.Reply.QueueID())
		case wire.OutcomeRefused:
			fmt.Println(to.Address, "is refused:", to.Reply)
		}
	}
	var failed *wire.Error
	if errors.As(err, &failed) && failed.Kind != wire.KindTemporary {
		fmt.Println("do not try again:", failed)
	}

	// Output:
	// bob@example.org is served by 4F1
	// carol@example.org is refused: 550 5.1.1 no such user
	// do not try again: mx.example.org: RCPT: 1 of 2 recipients were not served: carol@example.org: 550 5.1.1 no such user
}

// dial connects to a server that knows everybody but carol.
func dial(context.Context) (net.Conn, error) {
	client, server := net.Pipe()
	go func() {
		defer server.Close()
		in := bufio.NewScanner(server)
		say := func(line string) { io.WriteString(server, line+"\r\n") }
		say("220 mx.example.org")
		for in.Scan() {
			switch verb, _, _ := strings.Cut(in.Text(), " "); {
			case verb == "DATA":
				say("354 go on")
				for in.Scan() && in.Text() != "." {
				}
				say("250 2.0.0 queued as 4F1")
			case strings.Contains(in.Text(), "<carol@"):
				say("550 5.1.1 no such user")
			case verb == "QUIT":
				say("221 2.0.0 bye")
				return
			default:
				say("250 2.0.0 ok")
			}
		}
	}()
	return client, nil
}
