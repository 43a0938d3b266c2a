package wire_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"mailpipe/compose"
	"mailpipe/detect"
	"mailpipe/wire"
)

func Example() {
	server := wire.Server{
		Name:     "mx.example.org",
		Dial:     dial, // for this example; in a program, set Address: "mx.example.org:25"
		Security: wire.TLSNone,
	}
	envelope := wire.Envelope{
		From: "alice@example.org",
		To:   []string{"bob@example.org", "carol@example.org"},
	}
	content := strings.NewReader("From: alice@example.org\nSubject: Hello\n\nHello.\n")
	receipt, err := wire.Deliver(context.Background(), []wire.Server{server}, envelope, content)

	for _, to := range receipt.Recipients {
		switch to.Outcome {
		case wire.OutcomeAccepted:
			fmt.Println(to.Address, "accepted, queued as", to.Reply.QueueID())
		default:
			fmt.Printf("%s %v: %v\n", to.Address, to.Outcome, to.Reply)
		}
	}
	var failed *wire.Error
	if errors.As(err, &failed) {
		fmt.Println(failed)
		fmt.Println("try again later:", failed.Temporary())
	}

	// Output:
	// bob@example.org accepted, queued as 4F1
	// carol@example.org refused: 550 5.1.1 no such user
	// mx.example.org: RCPT: 1 of 2 recipients were not served: carol@example.org: 550 5.1.1 no such user
	// try again later: false
}

// A message is composed, with the right type for its attachment, and delivered.
func Example_compose() {
	m := compose.Message{
		From:    compose.Address{Name: "Alice", Local: "alice", Domain: "example.org"},
		To:      []compose.Address{{Local: "bob", Domain: "example.org"}},
		Subject: "Totals",
		Text:    compose.Text("See the table.\n"),
		Files:   []compose.Part{compose.Bytes("totals.csv", []byte("name,total\nZoë,42\n"))},
		Detect:  detect.MediaType,
	}
	plan, err := m.Plan()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer plan.Close()
	envelope := wire.Envelope{From: m.From.Mailbox(), To: m.Recipients()}
	servers := []wire.Server{
		{Name: "mx1.example.org", Dial: unreachable, Security: wire.TLSNone},
		{Name: "mx2.example.org", Dial: dial, Security: wire.TLSNone},
	}
	receipt, err := wire.Deliver(context.Background(), servers, envelope, plan)

	fmt.Println("failed:", receipt.FailedServers)
	fmt.Println("sent by", receipt.Server, "to", receipt.Recipients[0].Address, "error:", err)

	// Output:
	// failed: [mx1.example.org: connect: no route to host]
	// sent by mx2.example.org to bob@example.org error: <nil>
}

// A Client sends several messages over one connection.
func ExampleClient_Send() {
	ctx := context.Background()
	client, err := wire.Dial(ctx, wire.Server{Name: "mx.example.org", Dial: dial, Security: wire.TLSNone})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Quit()
	for _, to := range []string{"bob@example.org", "dave@example.org"} {
		content := strings.NewReader("From: alice@example.org\nTo: " + to + "\nSubject: Hello\n\nHello.\n")
		envelope := wire.Envelope{From: "alice@example.org", To: []string{to}}
		if _, err := client.Send(ctx, envelope, content); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println("sent to", to)
	}

	// Output:
	// sent to bob@example.org
	// sent to dave@example.org
}

// A Session needs one round trip for each message, if it knows the next one in
// time.
func ExampleSession() {
	ctx := context.Background()
	var mails []*wire.Mail
	for _, to := range []string{"bob@example.org", "carol@example.org", "dave@example.org"} {
		mails = append(mails, &wire.Mail{
			Envelope: wire.Envelope{From: "alice@example.org", To: []string{to}},
			Content:  strings.NewReader("From: alice@example.org\nTo: " + to + "\nSubject: Hello\n\nHello.\n"),
		})
	}
	for i, next := range mails[1:] {
		mails[i].Next = func() *wire.Mail { return next }
	}
	session := wire.NewSession([]wire.Server{{Name: "mx.example.org", Dial: dial, Security: wire.TLSNone}})
	defer session.Close()
	for _, m := range mails {
		if _, err := session.Deliver(ctx, m); err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println("sent to", m.Envelope.To[0])
	}

	// Output:
	// sent to bob@example.org
	// mx.example.org: RCPT: carol@example.org: 550 5.1.1 no such user
	// sent to dave@example.org
}

// dial connects to a server that does not know carol.
func dial(context.Context) (net.Conn, error) {
	client, server := net.Pipe()
	go func() {
		defer server.Close()
		in := bufio.NewScanner(server)
		reply := func(line string) { io.WriteString(server, line+"\r\n") }
		reply("220 mx.example.org")
		for in.Scan() {
			verb, _, _ := strings.Cut(in.Text(), " ")
			switch {
			case verb == "DATA":
				reply("354 go on")
				for in.Scan() && in.Text() != "." {
				}
				reply("250 2.0.0 queued as 4F1")
			case strings.Contains(in.Text(), "<carol@"):
				reply("550 5.1.1 no such user")
			case verb == "QUIT":
				reply("221 2.0.0 bye")
				return
			default:
				reply("250 2.0.0 ok")
			}
		}
	}()
	return client, nil
}

func unreachable(context.Context) (net.Conn, error) { return nil, errors.New("no route to host") }
