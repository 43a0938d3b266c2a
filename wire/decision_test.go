package wire

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// decisionsOf returns a Trace and the decisions that it gets.
func decisionsOf() (trace Trace, decisions *[]Decision) {
	decisions = new([]Decision)
	return func(e Event) {
		if e.Dir == DirDecision {
			*decisions = append(*decisions, Decision(e.Text))
		}
	}, decisions
}

func checkDecisions(t *testing.T, got []Decision, want ...Decision) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("decisions %q, want %q", got, want)
	}
}

func TestDecisions(t *testing.T) {
	// accepted is a mail to a@x without PIPELINING.
	const accepted = `
		C: MAIL FROM:<alice@example.org>
		S: 250 ok
		C: RCPT TO:<a@x>
		S: 250 ok
		C: DATA
		S: 354 go
		read
		S: 250 ok
		bye`
	all := func(e *Envelope) { e.AllOrNothing = true }
	for _, tt := range []struct {
		name     string
		security Security
		change   func(*Envelope)
		to       string
		scripts  []string
		want     []Decision
	}{
		{"nothing to decide", TLSNone, nil, "a@x", []string{"hello" + accepted}, nil},
		{"HELO", TLSNone, nil, "a@x", []string{`
			S: 220 hi
			C: EHLO me
			S: 502 what
			C: HELO me
			S: 250 test` + accepted}, []Decision{DecisionHELO}},
		{"no TLS, none required", TLSOpportunistic, nil, "a@x", []string{"hello" + accepted},
			[]Decision{DecisionUnencrypted}},
		{"no TLS, but required", TLSRequired, nil, "a@x", []string{"hello"}, []Decision{DecisionNoTLS}},
		{"no SMTPUTF8", TLSNone, func(e *Envelope) { e.UTF8 = "the Subject" }, "a@x", []string{"hello\nbye"},
			[]Decision{DecisionUnsupported}},
		{"nobody", TLSNone, nil, "a@x b@x", []string{`
			hello PIPELINING
			mail a@x, b@x
			S: 250 ok
			S: 550 no
			S: 450 later
			S: 503 nobody
			bye`}, []Decision{DecisionNoContent}},
		{"nobody, but content is awaited", TLSNone, nil, "a@x", []string{`
			hello PIPELINING
			mail a@x
			S: 250 ok
			S: 550 no
			S: 354 go`}, []Decision{DecisionNoContent}},
		{"some", TLSNone, nil, "a@x b@x", []string{`
			hello PIPELINING
			mail a@x, b@x
			S: 250 ok
			S: 250 ok
			S: 550 no
			S: 354 go
			read
			C: QUIT
			S: 250 ok
			S: 221 bye`}, []Decision{DecisionSomeRecipients}},
		{"all or none", TLSNone, all, "a@x b@x", []string{`
			hello PIPELINING
			C: MAIL FROM:<alice@example.org>
			C: RCPT TO:<a@x>
			C: RCPT TO:<b@x>
			S: 250 ok
			S: 250 ok
			S: 550 no
			bye`}, []Decision{DecisionNone}},
		{"all or none in several transactions", TLSNone, all, "a@x b@x", []string{`
			hello PIPELINING, LIMITS RCPTMAX=1
			C: MAIL FROM:<alice@example.org>
			C: RCPT TO:<a@x>
			S: 250 ok
			S: 250 ok
			C: RSET
			C: MAIL FROM:<alice@example.org>
			C: RCPT TO:<b@x>
			S: 250 ok
			S: 250 ok
			S: 550 no
			bye`}, []Decision{DecisionAsk, DecisionNoContent, DecisionNone}},
		{"several transactions", TLSNone, nil, "a@x b@x", []string{`
			hello PIPELINING, LIMITS RCPTMAX=1 MAILMAX=1
			mail a@x
			S: 250 ok
			S: 250 ok
			S: 354 go
			read
			S: 250 ok
			bye`, `
			hello PIPELINING, LIMITS RCPTMAX=1 MAILMAX=1
			mail b@x
			S: 250 ok
			S: 250 ok
			S: 354 go
			read
			C: QUIT
			S: 250 ok
			S: 221 bye`}, []Decision{DecisionNextTransaction, DecisionReconnect}},
		{"outcome unknown", TLSNone, nil, "a@x", []string{`
			hello PIPELINING
			mail a@x
			S: 250 ok
			S: 250 ok
			S: 354 go
			read
			close`}, []Decision{DecisionUnknown}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server, wait := scriptedServers(t, Server{}, tt.scripts)
				trace, got := decisionsOf()
				server.Security, server.Trace = tt.security, trace
				e := envelope(strings.Fields(tt.to)...)
				if tt.change != nil {
					tt.change(&e)
				}
				Deliver(t.Context(), []Server{server}, e, &text{s: "hi\n"})
				wait()
				checkDecisions(t, *got, tt.want...)
			})
		})
	}
}

func TestNextServerDecision(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one := &scripted{t: t, script: "S: 421 later"}
		two := &scripted{t: t, script: "hello PIPELINING\nmail a@x\nS: 250\nS: 550 no\nS: 503 no\nbye"}
		trace, got := decisionsOf()
		servers := []Server{one.server("one"), two.server("two")}
		servers[0].Trace, servers[1].Trace = trace, trace
		Deliver(t.Context(), servers, envelope("a@x"), &text{s: "hi\n"})
		synctest.Wait()
		checkDecisions(t, *got, DecisionNextServer, DecisionNoContent)
	})
}

func TestNextAddressDecision(t *testing.T) {
	for _, greetings := range [][]string{{"421 busy\r\n", "ok"}, {"421 busy\r\n"}} {
		resolve(t, len(greetings))
		port := serveAddresses(t, nil, greetings)
		trace, got := decisionsOf()
		server := Server{
			Address: "mail.example.org:" + port, Security: TLSNone, Timeout: 5 * time.Second, Trace: trace,
		}
		want := []Decision{DecisionNextAddress}
		if client, err := Dial(t.Context(), server); err == nil {
			client.Quit()
		} else {
			want = nil // there is no next address
		}
		checkDecisions(t, *got, want...)
	}
}

func TestConvertDecision(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		script := "hello PIPELINING\nmail a@x\nS: 250\nS: 550 no\nS: 503 no\nbye"
		server, wait := scriptedServers(t, Server{}, []string{script})
		trace, got := decisionsOf()
		server.Trace = trace
		e := envelope("a@x")
		e.UTF8 = "the Subject"
		m := &Mail{Envelope: e, Content: &text{s: "Subject: é\n\n"}}
		m.Convert = func(Envelope, bool) (Envelope, io.WriterTo, error) {
			return envelope("a@x"), &text{s: "Subject: e\n\n"}, nil
		}
		NewSession([]Server{server}).Deliver(t.Context(), m)
		wait()
		checkDecisions(t, *got, DecisionConvert, DecisionNoContent)
	})
}

func TestLoginDecisions(t *testing.T) {
	decisions := func(events []Event) (all []Decision) {
		for _, e := range events {
			if e.Dir == DirDecision {
				all = append(all, Decision(e.Text))
			}
		}
		return all
	}
	events, _ := logInByScript(t, Login{Mechanism: "CRAM-MD5"}, "AUTH CRAM-MD5", `
		C: AUTH CRAM-MD5
		S: 334 not base64!
		C: *
		S: 501 cancelled`)
	checkDecisions(t, decisions(events), DecisionCancelLogin)
	events, _ = logInByScript(t, Login{}, "AUTH GSSAPI", "")
	checkDecisions(t, decisions(events), DecisionNoLogin)
}

// The content is traced as it is sent: with CRLF, and with dots doubled for DATA.
func TestTraceContent(t *testing.T) {
	const data = `
		mail a@x
		S: 250 ok
		S: 250 ok
		S: 354 go
		read
		C: QUIT
		S: 250 ok
		S: 221 bye`
	const chunk = `
		C: MAIL FROM:<alice@example.org>
		C: RCPT TO:<a@x>
		S: 250 ok
		S: 250 ok
		C: BDAT 17 LAST
		C: Subject: x
		C: 
		C: .
		C: QUIT
		S: 250 ok
		S: 221 bye`
	for _, tt := range []struct{ extensions, script, want string }{
		{"PIPELINING", data, "354 go|Subject: x\r\n\r\n..\r\n|17 octets|."},
		{"PIPELINING, CHUNKING", chunk, "BDAT 17 LAST, 17 octets in all|Subject: x\r\n\r\n.\r\n|QUIT"},
	} {
		synctest.Test(t, func(t *testing.T) {
			var out bytes.Buffer
			server := Server{
				Trace:        func(e Event) { fmt.Fprintf(&out, "|%s", e.Text) },
				TraceContent: tracedContent{&out},
			}
			e := envelope("a@x")
			e.Chunking = true
			_, _, err := deliver(t, server, e, &text{s: "Subject: x\n\n.\n"}, "hello "+tt.extensions+tt.script)
			if err != nil || !strings.Contains(out.String(), tt.want) {
				t.Errorf("%v, traced %q, want %q", err, out.String(), tt.want)
			}
		})
	}
}

// A tracedContent separates the content from the events.
type tracedContent struct{ out *bytes.Buffer }

func (c tracedContent) Write(p []byte) (int, error) {
	if !strings.HasSuffix(c.out.String(), "\n") {
		c.out.WriteString("|")
	}
	return c.out.Write(p)
}

// Each chunk follows its command, also if the reply comes late, and nothing is lost.
func TestTraceChunks(t *testing.T) {
	content := strings.Repeat(strings.Repeat("x", 98)+"\r\n", 6000)
	var got bytes.Buffer
	var sizes []int
	left := 0 // of the chunk
	server := Server{
		Trace: func(e Event) {
			n := 0
			if _, err := fmt.Sscanf(e.Text, "BDAT %d", &n); err == nil {
				if left != 0 {
					t.Errorf("%d octets of the chunk before %q are missing", left, e.Text)
				}
				left, sizes = n, append(sizes, n)
			}
		},
		TraceContent: writerFunc(func(p []byte) (int, error) {
			left -= len(p)
			return got.Write(p)
		}),
	}
	server.Name, server.Hello, server.Security = "test", "me", TLSNone
	server.Dial = dialChunks
	e := envelope("a@x")
	e.Chunking = true
	if _, err := Deliver(t.Context(), []Server{server}, e, &text{s: content}); err != nil {
		t.Fatal(err)
	}
	if got.String() != content || len(sizes) < 3 || left != 0 {
		t.Errorf("%d octets in chunks of %v, want %d", got.Len(), sizes, len(content))
	}
}

// Content that is sent in many writes is traced completely.
func TestTraceLongContent(t *testing.T) {
	content := strings.Repeat("."+strings.Repeat("x", 96)+"\r\n", 6000)
	var got bytes.Buffer
	server := Server{Name: "test", Security: TLSNone, TraceContent: &got}
	server.Dial = func(context.Context) (net.Conn, error) {
		client, conn := net.Pipe()
		go new(countingServer).serve(conn, conn)
		return client, nil
	}
	if _, err := Deliver(t.Context(), []Server{server}, envelope("a@x"), &text{s: content}); err != nil {
		t.Fatal(err)
	}
	if want := strings.ReplaceAll(content, ".x", "..x"); got.String() != want {
		t.Errorf("%d octets were traced, want %d", got.Len(), len(want))
	}
}

// dialChunks connects to a server that offers CHUNKING.
func dialChunks(context.Context) (net.Conn, error) {
	client, server := net.Pipe()
	go func() {
		defer server.Close()
		in := bufio.NewReader(server)
		fmt.Fprint(server, "220 hi\r\n")
		for {
			line, err := in.ReadString('\n')
			if err != nil {
				return
			}
			var n int64
			if _, err := fmt.Sscanf(line, "BDAT %d", &n); err == nil {
				io.CopyN(io.Discard, in, n)
			}
			reply := "250 ok\r\n"
			if strings.HasPrefix(line, "EHLO") {
				reply = "250-test\r\n250 CHUNKING\r\n"
			}
			fmt.Fprint(server, reply)
		}
	}()
	return client, nil
}
