package wire

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// kinds are the kinds of errors by their words, with hyphens for spaces.
var kinds = map[string]Kind{"-": 0}

func init() {
	for k := KindTemporary; k <= KindInvalidArgument; k++ {
		kinds[strings.ReplaceAll(k.String(), " ", "-")] = k
	}
}

// readRows reads a table: its lines except the comments and the first one.
func readRows(t *testing.T, file string) (rows [][]string) {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if columns := strings.Fields(line); len(columns) > 0 && columns[0] != "#" {
			rows = append(rows, columns)
		}
	}
	return rows[1:]
}

func TestHostileServer(t *testing.T) {
	rows := readRows(t, "testdata/hostile.txt")
	if len(rows) != 90 {
		t.Fatalf("%d rows, want 90", len(rows))
	}
	for _, columns := range rows {
		words := strings.Join(columns[5:], " ")
		words = strings.Replace(words, "UNKNOWN:",
			"outcome unknown: the mail <1@example.org> may have been delivered:", 1)
		for _, pipelining := range []bool{true, false} {
			s := &hostileServer{state: columns[0], fault: columns[1], pipelining: pipelining}
			t.Run(fmt.Sprintf("%s/%s/pipelining=%t", s.state, s.fault, pipelining), func(t *testing.T) {
				run := func(t *testing.T) { s.try(t, kinds[columns[2]], columns[3], columns[4], words) }
				if s.fault == "reset" { // only a real connection can be reset
					run(t)
					return
				}
				synctest.Test(t, run)
			})
		}
	}
}

// A hostileServer behaves well up to one state, and there commits one fault.
type hostileServer struct {
	state, fault string
	pipelining   bool

	cert    tls.Certificate
	faulted chan struct{} // closed when the fault was committed
	ended   chan struct{} // closed when the client has given up
	mu      sync.Mutex
	content bytes.Buffer // everything after 354
	raw     net.Conn
}

// try delivers a message, and compares the result with a row of the table.
func (s *hostileServer) try(t *testing.T, kind Kind, written, wait, words string) {
	s.faulted, s.ended = make(chan struct{}), make(chan struct{})
	server := Server{Name: "test", Hello: "me", Dial: s.dial, Security: TLSNone}
	if s.state == "STARTTLS" || s.state == "AUTH" {
		s.cert = issue(nil, nil) // valid now, which in a synctest bubble is the year 2000
		sum := sha256.Sum256(s.cert.Certificate[0])
		server.Security, server.Fingerprints = TLSRequired, [][]byte{sum[:]}
		server.Login = &Login{User: "alice", Password: "s3cret"}
	}
	content := contentFunc(func(w io.Writer) error {
		half := strings.Repeat("twelve words\r\n", 10000)
		if _, err := io.WriteString(w, half); err != nil {
			return err
		}
		if s.state == "content" {
			<-s.faulted
		}
		_, err := io.WriteString(w, half)
		return err
	})
	start := time.Now()
	r, err := Deliver(t.Context(), []Server{server}, envelope("bob@example.org"), content)
	took := time.Since(start)
	s.end()

	if wait != "-" && took.String() != wait || took > 3*time.Second && wait == "-" {
		t.Errorf("it took %v, want %v", took, wait)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if got := s.written(); got != written {
		t.Errorf("written: %s, want %s", got, written)
	}
	if kind == 0 {
		if err != nil || outcomes(r) != "accepted" {
			t.Errorf("%s, %v", outcomes(r), err)
		}
		return
	}
	if s.fault == "reset" && s.state == "content" && errors.Is(err, errClosed) {
		words = errClosed.Error() // the kernel reports the reset once, here to the writer
	}
	checkError(t, err, kind.String()+": "+words)
	if !strings.HasPrefix(err.Error(), "test: ") {
		t.Errorf("%v does not begin with the name of the server", err)
	}
	unknown := strings.HasPrefix(words, "end of data: outcome unknown")
	if e := asError(err); e.Uncertain != unknown || unknown != (outcomes(r) == "unknown") {
		t.Errorf("%v: uncertain %t, outcome %s", err, e.Uncertain, outcomes(r))
	}
	if strings.Contains(err.Error(), "s3cret") {
		t.Errorf("%v: the password is shown", err)
	}
}

func (s *hostileServer) written() string {
	switch {
	case bytes.Contains(s.content.Bytes(), []byte("\r\n.\r\n")):
		return "dot"
	case s.content.Len() > 0:
		return "content"
	}
	return "nothing"
}

// end ends the connection, and waits until the server has noticed.
func (s *hostileServer) end() {
	s.raw.Close()
	close(s.ended)
	if s.fault != "reset" {
		synctest.Wait()
	}
}

func (s *hostileServer) dial(ctx context.Context) (net.Conn, error) {
	client, server := net.Pipe()
	if s.fault == "reset" {
		var err error
		client, server, err = loopback(ctx)
		if err != nil {
			return nil, err
		}
	}
	s.raw = server
	go s.serve(server)
	return client, nil
}

func (s *hostileServer) serve(conn net.Conn) {
	defer s.raw.Close()
	in := bufio.NewReader(conn)
	// reply sends a reply, or commits the fault if this is its state. It reports
	// whether the server continues.
	reply := func(state, reply string) bool {
		if state == s.state {
			s.commit(conn, in)
			return false
		}
		_, err := io.WriteString(conn, reply+"\r\n")
		return err == nil
	}
	offers := "250-test\r\n250-STARTTLS\r\n250-AUTH PLAIN\r\n"
	if s.pipelining {
		offers += "250-PIPELINING\r\n"
	}
	if !reply("greeting", "220 hi") {
		return
	}
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		verb, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		verb, _, _ = strings.Cut(verb, ":")
		switch verb {
		case "EHLO":
			if !reply("EHLO", offers+"250 SIZE") {
				return
			}
		case "STARTTLS":
			if !reply("STARTTLS", "220 go") {
				return
			}
			secured := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{s.cert}})
			conn, in = secured, bufio.NewReader(secured)
		case "AUTH":
			if !reply("AUTH", "235 in") {
				return
			}
		case "MAIL", "RCPT":
			if !reply(verb, "250 ok") {
				return
			}
		case "DATA":
			if !reply("DATA", "354 go") || !s.readContent(conn, in) || !reply("dot", "250 ok") {
				return
			}
		case "QUIT":
			reply("QUIT", "221 bye")
			return
		}
	}
}

// readContent reads the content up to the dot, or in the state "content" a part
// of it. It reports whether the server continues.
func (s *hostileServer) readContent(conn net.Conn, in *bufio.Reader) bool {
	for n := 0; ; n++ {
		if s.state == "content" && n == 100 {
			s.commit(conn, in)
			return false
		}
		line, err := in.ReadString('\n')
		s.keep(line)
		if err != nil {
			return false
		}
		if line == ".\r\n" {
			return true
		}
	}
}

func (s *hostileServer) keep(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.content.WriteString(text)
}

// commit commits the fault. If the connection is still open after it, it reads
// what the client sends: there must be no end of data.
func (s *hostileServer) commit(conn net.Conn, in *bufio.Reader) {
	var once sync.Once
	faulted := func() { once.Do(func() { close(s.faulted) }) }
	defer faulted()
	switch s.fault {
	case "4yz":
		io.WriteString(conn, "451 4.3.0 not now\r\n")
	case "5yz":
		io.WriteString(conn, "554 5.0.0 never\r\n")
	case "421":
		io.WriteString(conn, "421 4.3.2 going down\r\n")
		s.raw.Close()
		return
	case "garbage":
		io.WriteString(conn, "\x00\xffHTTP/1.1 400 Bad Request\r\n")
	case "close":
		s.raw.Close()
		return
	case "reset":
		s.raw.(*net.TCPConn).SetLinger(0)
		s.raw.Close()
		return
	case "stall":
		faulted()
		if s.state == "content" { // reads nothing more
			<-s.ended
			return
		}
	case "half":
		io.WriteString(conn, "25")
		s.raw.Close()
		return
	case "flood":
		for {
			if _, err := io.WriteString(conn, "250-more\r\n"); err != nil {
				return
			}
		}
	}
	faulted()
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		switch {
		case s.state == "content":
			s.keep(line)
		case s.fault == "5yz" && strings.HasPrefix(line, "HELO"):
			io.WriteString(conn, "554 5.0.0 never\r\n")
		case strings.HasPrefix(line, "QUIT") && s.fault != "stall":
			io.WriteString(conn, "221 bye\r\n")
			return
		case strings.HasPrefix(line, "RCPT"), strings.HasPrefix(line, "DATA"):
			if s.pipelining && strings.HasSuffix(s.fault, "yz") {
				io.WriteString(conn, "503 5.5.1 out of order\r\n")
			}
		}
	}
}
