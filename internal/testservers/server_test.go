//go:build linux

package testservers

import (
	"strings"
	"testing"
)

// What the servers do with certain addresses and mails. All other addresses of
// domain have a mailbox.
const (
	domain      = "example.org"
	unknownUser = "gone@example.org" // refused with 550 to RCPT
	busyUser    = "busy@example.org" // refused with 450 to RCPT
	badSender   = "spam@example.net" // refused as a sender
	lateSender  = "late@example.net" // refused as a sender after the dot
	maxSize     = 40 << 20           // of a mail, in octets

	user, password = "alice", "Sésame, ouvre-toi"

	bob   = "bob@" + domain
	carol = "carol@" + domain
)

// A server is a mail server that runs until the test ends. Its addresses are of
// the form host:port. Those that it does not have are empty.
type server struct {
	certificates
	maildirs
	open   string // SMTP without a login, with STARTTLS if it works
	slow   string // the same, with a reply to the dot that takes a minute
	login  string // SMTP after a login over STARTTLS
	tls    string // SMTP after a login, with implicit TLS
	lmtp   string
	socket string // LMTP: the path of a Unix socket

	sandbox *sandbox
	logs    []string // files in the sandbox, in addition to "log"
}

// log returns what the server has written to its logs.
func (s *server) log() string {
	text := s.sandbox.read("log")
	for _, name := range s.logs {
		text += s.sandbox.read(name)
	}
	return text
}

// deliversNothing waits until the server logs that it gave up a mail, and asserts
// that it has none.
func (s *server) deliversNothing(t *testing.T, words string) {
	t.Helper()
	wait(t, "line \""+words+"\" in the server's log", func() bool { return strings.Contains(s.log(), words) })
	if strings.Contains(s.log(), "queued as") || s.count() != 0 {
		t.Errorf("the server accepted a mail:\n%s", tail(s.log(), 20))
	}
}
