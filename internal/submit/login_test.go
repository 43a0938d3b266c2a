package submit

import (
	"bufio"
	"crypto/tls"
	"encoding/base64"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	xdg "github.com/xdg-go/scram"

	"mailpipe/internal/testservers"
	"mailpipe/wire"
)

// secret is a password that SASLprep changes.
const secret = "I\u00adX\u00a0\u2168"

func encoded(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// Each exchange has its replies, and shows no secret.
func TestLogin(t *testing.T) {
	one := Login{User: "alice", Password: secret, Clear: true}
	anyone := Login{Any: true, Clear: true}
	plain, wrong := encoded("\x00alice\x00"+secret), encoded("\x00alice\x00other")
	for _, c := range []struct {
		login     Login
		in, codes string
	}{
		{one, "MAIL FROM:<a>\nAUTH PLAIN " + plain + "\nMAIL FROM:<a>\n", "530 235 250"},
		{one, "AUTH PLAIN " + plain + "\nMAIL FROM:<a> AUTH=<>\n", "235 250"},
		{one, "auth plain\n" + plain + "\n", "334 235"},
		{one, "AUTH PLAIN " + wrong + "\nMAIL FROM:<a>\n", "535 530"},
		{one, "AUTH PLAIN " + encoded("\x00bob\x00"+secret) + "\n", "535"},
		{one, "AUTH LOGIN\n" + encoded("alice") + "\n" + encoded(secret) + "\n", "334 334 235"},
		{one, "AUTH LOGIN " + encoded("alice") + "\n" + encoded(secret) + "\n", "334 235"},
		{one, "AUTH LOGIN\n" + encoded("alice") + "\n" + encoded("") + "\n", "334 334 535"},
		{one, "AUTH PLAIN " + plain + "\nAUTH PLAIN " + plain + "\n", "235 503"},
		{one, "AUTH PLAIN =\nNOOP\n", "501 250"},
		{one, "AUTH PLAIN %\nNOOP\n", "501 250"},
		{one, "AUTH PLAIN\n*\nNOOP\n", "334 501 250"},
		{one, "AUTH PLAIN\n" + strings.Repeat("x", 100_000) + "\nNOOP\n", "334 501 250"},
		{one, "AUTH CRAM-MD5\nAUTH\nAUTH PLAINER\n", "504 504 504"},
		{one, "AUTH PLAIN\n", "334"}, // gone
		{one, "AUTH SCRAM-SHA-256 " + encoded("p=tls-unique,,n=alice,r=x") + "\n", "501"},
		{one, "AUTH SCRAM-SHA-256 " + encoded("n,,n=alice") + "\n", "501"},
		{one, "AUTH SCRAM-SHA-256 " + encoded("n,,r=x,n=alice") + "\n", "501"},
		{one, "AUTH SCRAM-SHA-256 " + encoded("n,,n=alice,r=x") + "\n" + encoded("c=biws,r=x,p=") + "\n", "334 501"},
		{one, "AUTH SCRAM-SHA-256 " + encoded("n,,n=alice,r=x") + "\n" + encoded("") + "\n", "334 501"},
		{anyone, "AUTH PLAIN " + wrong + "\nMAIL FROM:<a>\n", "235 250"},
		{anyone, "AUTH LOGIN\n" + encoded("x") + "\n" + encoded("") + "\n", "334 334 235"},
		{anyone, "AUTH PLAIN " + encoded("\x00\x00") + "\n", "535"},
		{anyone, "AUTH SCRAM-SHA-256\n", "504"}, // it would need the password
		{Login{Any: true}, "AUTH PLAIN " + plain + "\n", "538"},
	} {
		var trace []string
		r := &recorder{}
		s := r.session()
		s.Login = &c.login
		s.Trace = func(e wire.Event) { trace = append(trace, e.Text) }
		var out strings.Builder
		if err := s.Serve(strings.NewReader(c.in), &out, time.Minute); err != nil {
			t.Errorf("%q: %v", c.in, err)
		}
		var codes []string
		for line := range strings.Lines(out.String()) {
			codes = append(codes, line[:3])
		}
		if got := strings.Join(codes[1:], " "); got != c.codes {
			t.Errorf("%.100q: %s, want %s", c.in, got, c.codes)
		}
		for word := range strings.FieldsSeq(c.in) {
			if len(word) > 4 && strings.HasSuffix(word, "=") && slices.ContainsFunc(trace, func(line string) bool {
				return strings.Contains(line, word)
			}) {
				t.Errorf("%s is in %q", word, trace)
			}
		}
	}
}

// A dialogue is a client's end of a session.
type dialogue struct {
	t *testing.T
	net.Conn
	r *bufio.Reader
}

// connect starts a session over a connection.
func connect(t *testing.T, s *Session) *dialogue {
	client, server := net.Pipe()
	ended := make(chan struct{})
	go func() {
		s.ServeConn(server, time.Minute)
		server.Close()
		close(ended)
	}()
	t.Cleanup(func() { client.Close(); <-ended })
	client.SetDeadline(time.Now().Add(20 * time.Second))
	return &dialogue{t, client, bufio.NewReader(client)}
}

// talk sends a command, unless it is empty, and returns the last line of the reply.
func (d *dialogue) talk(command, code string) string {
	d.t.Helper()
	if command != "" {
		io.WriteString(d, command+"\r\n")
	}
	for {
		line, err := d.r.ReadString('\n')
		if err != nil || !strings.HasPrefix(line, code) {
			d.t.Fatalf("%s: %q, %v", command, line, err)
		}
		if line[3] == ' ' {
			return strings.TrimSpace(line[4:])
		}
	}
}

// The client of another implementation logs in, and verifies the server. With another
// password it cannot.
func TestSCRAM(t *testing.T) {
	for _, password := range []string{secret, "other"} {
		s := new(recorder).session()
		s.Login = &Login{User: "al=i,ce", Password: secret, Clear: true}
		d := connect(t, s)
		d.talk("", "220")
		client, err := xdg.SHA256.NewClient("al=i,ce", password, "")
		if err != nil {
			t.Fatal(err)
		}
		c := client.NewConversation()
		step := func(challenge string) string {
			t.Helper()
			text, err := base64.StdEncoding.DecodeString(challenge)
			if err != nil {
				t.Fatal(err)
			}
			response, err := c.Step(string(text))
			if err != nil {
				t.Fatal(err)
			}
			return encoded(response)
		}
		proof := step(d.talk("AUTH SCRAM-SHA-256 "+step(""), "334"))
		if password != secret {
			d.talk(proof, "535")
			continue
		}
		step(d.talk(proof, "334"))
		if !c.Valid() {
			t.Error("the server did not prove that it knows the password")
		}
		d.talk("\r\nMAIL FROM:<a@b>", "235")
		d.talk("", "250")
	}
}

// What comes ahead of the handshake is not part of the session (RFC 3207 §6).
func TestSTARTTLS(t *testing.T) {
	s := new(recorder).session()
	s.Strict, s.RequireTLS = true, true
	s.TLS = &tls.Config{Certificates: []tls.Certificate{testservers.Issue(nil, nil)}}
	d := connect(t, s)
	d.talk("", "220")
	d.talk("EHLO x", "250")
	d.talk("MAIL FROM:<a@b>", "530")
	d.talk("STARTTLS x", "501")
	d.talk("STARTTLS\r\nHELO injected", "220")
	c := tls.Client(d.Conn, &tls.Config{InsecureSkipVerify: true})
	d = &dialogue{t, c, bufio.NewReader(c)}
	d.talk("MAIL FROM:<a@b>", "503") // HELO was not heard
	d.talk("EHLO x", "250")
	d.talk("STARTTLS", "500")
	d.talk("MAIL FROM:<a@b>", "250")
	d.talk("QUIT", "221")
}

// A client that speaks no TLS after STARTTLS is disconnected.
func TestNoHandshake(t *testing.T) {
	var trace []string
	s := new(recorder).session()
	s.TLS = &tls.Config{Certificates: []tls.Certificate{testservers.Issue(nil, nil)}}
	s.Trace = func(e wire.Event) { trace = append(trace, e.Text) }
	d := connect(t, s)
	d.talk("", "220")
	d.talk("STARTTLS", "220")
	go io.WriteString(d, "MAIL FROM:<a@b>\r\n")
	io.Copy(io.Discard, d) // an alert, then the end
	if last := trace[len(trace)-1]; !strings.Contains(last, "does not look like a TLS handshake") {
		t.Errorf("%q", trace)
	}
}
