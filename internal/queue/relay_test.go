package queue

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"mailpipe/wire"
)

// A relay is an SMTP server that answers as a test says, and otherwise accepts.
// It offers PIPELINING and a login.
type relay struct {
	mu          sync.Mutex
	answers     map[string][]string // the next replies to a command; see answer
	on          func(command string)
	commands    []string
	connections int
	open        int               // connections now
	mostOpen    int               // connections at the same time
	received    map[string]int    // how often each recipient got a message
	senders     map[string]string // of the last message that the recipient got
	content     string            // of the last message
}

// The stages whose name is not a command.
const (
	connected = "connected"
	dot       = "."
)

// newRelay starts a relay on a Unix socket.
func newRelay(t testing.TB) (*relay, wire.Server) {
	t.Helper()
	r := &relay{}
	address := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", address)
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { r.serve(conn) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		serving.Wait()
	})
	return r, wire.Server{Name: "relay", Network: "unix", Address: address, Security: wire.TLSNone, Hello: "me"}
}

// piped returns the relay at the other end of a pipe, for fake time.
func (r *relay) piped() wire.Server {
	return wire.Server{Name: "relay", Security: wire.TLSNone, Dial: func(context.Context) (net.Conn, error) {
		client, server := net.Pipe()
		go r.serve(server)
		return client, nil
	}}
}

// answer makes a relay answer the next commands that begin with this text with
// these replies. "close" closes the connection, "stall" waits until the client has.
func (r *relay) answer(command string, replies ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.answers == nil {
		r.answers = make(map[string][]string)
	}
	r.answers[command] = replies
}

// reply returns the reply to a command.
func (r *relay) reply(command, usual string) string {
	r.mu.Lock()
	on := r.on
	r.commands = append(r.commands, command)
	for start, replies := range r.answers {
		if strings.HasPrefix(command, start) && len(replies) > 0 {
			usual, r.answers[start] = replies[0], replies[1:]
			break
		}
	}
	r.mu.Unlock()
	if on != nil {
		on(command)
	}
	return usual
}

func (r *relay) count(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n > 0 {
		r.connections++
	}
	r.open += n
	r.mostOpen = max(r.mostOpen, r.open)
}

// listen makes the relay call on for each command.
func (r *relay) listen(on func(command string)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.on = on
}

// number returns the value of a field that counts.
func (r *relay) number(n *int) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return *n
}

// recipients returns how many recipients got a message.
func (r *relay) recipients() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.received)
}

// senderTo returns the sender of the last message that the recipient got.
func (r *relay) senderTo(address string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.senders[address]
}

// last returns the content of the last message.
func (r *relay) last() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.content
}

// sent returns the commands that begin with this text.
func (r *relay) sent(start string) (found []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.commands {
		if strings.HasPrefix(c, start) {
			found = append(found, c)
		}
	}
	return found
}

func (r *relay) serve(conn net.Conn) {
	defer conn.Close()
	r.count(1)
	open := true
	end := func() { // before the reply to QUIT: after it, the client may open another connection
		if open {
			r.count(-1)
		}
		open = false
	}
	defer end()
	in := bufio.NewReader(conn)
	var from, content string
	var to []string
	say := func(command, usual string) (code string) {
		reply := r.reply(command, usual)
		if command == dot && strings.HasPrefix(reply, "2") {
			r.keep(from, to, content)
		}
		switch reply {
		case "close":
			return ""
		case "stall":
			io.Copy(io.Discard, in)
			return ""
		}
		if _, err := fmt.Fprintf(conn, "%s\r\n", strings.ReplaceAll(reply, "\n", "\r\n")); err != nil {
			return ""
		}
		if strings.HasPrefix(reply, "421") {
			return ""
		}
		return reply[:1]
	}
	for code := say(connected, "220 hi"); code != ""; {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimSpace(line)
		verb, _, _ := strings.Cut(line, " ")
		switch verb {
		case "EHLO":
			code = say(line, "250-relay\n250-AUTH PLAIN\n250-DSN\n250 PIPELINING")
		case "AUTH":
			code = say(line, "235 welcome")
		case "MAIL":
			code = say(line, "250 ok")
			address, _, _ := strings.Cut(strings.TrimPrefix(line, "MAIL FROM:"), " ")
			from, to = address, nil
		case "RCPT":
			code = say(line, "250 ok")
			if code == "2" {
				address, _, _ := strings.Cut(strings.TrimPrefix(line, "RCPT TO:<"), ">")
				to = append(to, address)
			}
		case "DATA":
			usual := "354 go on"
			if len(to) == 0 {
				usual = "554 no recipients"
			}
			code = say(line, usual)
			if code == "3" {
				content = readContent(in)
				if content == "" {
					return
				}
				code = say(dot, "250 accepted")
			}
		case "RSET":
			code = say(line, "250 ok")
		case "QUIT":
			end()
			say(line, "221 bye")
			return
		default:
			code = say(line, "502 unknown")
		}
	}
}

// readContent returns the content with its dot, or nothing if it is cut off.
func readContent(in *bufio.Reader) string {
	var content strings.Builder
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return ""
		}
		content.WriteString(line)
		if line == ".\r\n" {
			return content.String()
		}
	}
}

func (r *relay) keep(from string, to []string, content string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.received == nil {
		r.received, r.senders = make(map[string]int), make(map[string]string)
	}
	r.content = content
	for _, address := range to {
		r.received[address]++
		r.senders[address] = from
	}
}

// got returns who received a message, sorted, and how often if not once.
func (r *relay) got() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []string
	for address, n := range r.received {
		if n > 1 {
			address += fmt.Sprintf(" (%d times)", n)
		}
		list = append(list, address)
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}
