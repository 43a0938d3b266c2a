package main

import (
	"io"
	"net"
	"strings"
	"testing"
	"testing/iotest"
)

// The end of the content is found wherever reads end and whenever the buffer is
// full.
func TestContent(t *testing.T) {
	for _, test := range []struct {
		content string
		size    int64
		quit    bool
	}{
		{"a\r\n.\r\n", 3, false},
		{"a\r\n.\r\nQUIT\r\n", 3, true},
		{"a.\r\n..\r\n.x\r\n.\r\n", 12, false},
		{"QUIT\r\n\r\n.\r\nQUIT\r\n", 8, true},
		{strings.Repeat("a line\r\n", 100) + ".\r\n", 800, false},
	} {
		for _, buffer := range []int{12, 13, 100, 1000} {
			s := benchServer{buffer: make([]byte, buffer)}
			size, quit, err := s.content(iotest.OneByteReader(strings.NewReader(test.content)))
			if size != test.size || quit || err != nil { // a QUIT that comes later is a command
				t.Errorf("%q, octet by octet: %d, %t, %v", test.content, size, quit, err)
			}
			if buffer < len(test.content) {
				continue
			}
			size, quit, err = s.content(strings.NewReader(test.content))
			if size != test.size || quit != test.quit || err != nil {
				t.Errorf("%q: %d, %t, %v", test.content, size, quit, err)
			}
		}
	}
	s := benchServer{buffer: make([]byte, 100)}
	if _, _, err := s.content(strings.NewReader("a.\r\n.\r")); err != io.EOF {
		t.Errorf("without an end: %v, want %v", err, io.EOF)
	}
}

// The server counts what arrives and how often the client waits.
func TestDialogue(t *testing.T) {
	for _, test := range []struct {
		groups []string
		want   received
	}{
		{[]string{"EHLO x\r\n", "MAIL FROM:<a@x>\r\nRCPT TO:<b@x>\r\nRCPT TO:<c@x>\r\nDATA\r\n", "hi\r\n.\r\nQUIT\r\n"},
			received{Size: 4, Recipients: 2, RoundTrips: 4}},
		{[]string{"EHLO x\r\n", "AUTH PLAIN\r\n", "x\r\n", "MAIL FROM:<a@x>\r\n", "RCPT TO:<b@x>\r\n", "DATA\r\n",
			"hi\r\n.\r\n", "QUIT\r\n"}, received{Size: 4, Recipients: 1, RoundTrips: 9}},
		{[]string{"EHLO x\r\n", "QUIT\r\n"}, received{RoundTrips: 3}},
	} {
		client, server := net.Pipe()
		s := benchServer{buffer: make([]byte, 100)}
		done := make(chan received)
		go func() { done <- s.dialogue(server) }()
		replies := make([]byte, 1000)
		for _, group := range append([]string{""}, test.groups...) {
			if group != "" {
				client.Write([]byte(group))
			}
			if n, err := client.Read(replies); err != nil {
				t.Fatalf("after %q: %q, %v", group, replies[:n], err)
			}
		}
		client.Close()
		if got := <-done; got != test.want {
			t.Errorf("%q: %+v, want %+v", test.groups, got, test.want)
		}
	}
}
