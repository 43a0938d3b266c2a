//go:build linux

package testservers

import (
	"fmt"
	"strings"
	"testing"

	"mailpipe/wire"
)

// TestSession delivers 20 mails to each server over one connection. The server
// refuses a few, and accepts the others: MAIL, RCPT and DATA of a mail go out with
// the dot of the one before.
func TestSession(t *testing.T) {
	t.Parallel()
	for _, s := range openServers {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			server := s.start(t)
			connections, groups := 0, 0
			peer := server.peer(s.url(server))
			peer.Trace = func(e wire.Event) {
				groups = e.Group
				if strings.HasPrefix(e.Text, "connected to ") {
					connections++
				}
			}
			session := wire.NewSession([]wire.Server{peer})
			mails := sessionMails(peer.LMTP)
			accepted := make(map[string]bool)
			for i, m := range mails {
				r, err := session.Deliver(t.Context(), m)
				want := wire.OutcomeAccepted
				if m.Envelope.From != "alice@example.net" || m.Envelope.To[0] != bob {
					want = wire.OutcomeRefused
				} else {
					accepted[sessionContent(i, m.Envelope.From)] = true
				}
				if got := r.Recipients[0]; got.Outcome != want {
					t.Errorf("%s, from %s: %v, %v", got.Address, m.Envelope.From, got.Outcome, err)
				}
			}
			// EHLO, the first envelope, the contents, and an envelope after each refused RCPT.
			limit := 2 + len(mails) + 2
			if s.name == "OpenSMTPD" { // which does not offer PIPELINING
				limit *= 4
			}
			if connections != 1 || groups > limit {
				t.Errorf("%d connections, %d command groups", connections, groups)
			}
			for _, mail := range server.wait(t, len(accepted)) {
				if mail.to != bob || !accepted[mail.data] {
					t.Errorf("%s got %q", mail.to, mail.data)
				}
				delete(accepted, mail.data)
			}
			if len(accepted) > 0 {
				t.Errorf("%d mails are missing", len(accepted))
			}
		})
	}
}

// peer returns the server with a URL of openServers.
func (s *server) peer(url string) wire.Server {
	scheme, address, _ := strings.Cut(url, "://")
	peer := wire.Server{Address: address, LMTP: scheme == "lmtp", Security: wire.TLSNone, Hello: "client.example.net"}
	if path, ok := strings.CutPrefix(url, "lmtp+unix:"); ok {
		peer.Network, peer.Address, peer.LMTP = "unix", path, true
	}
	return peer
}

// sessionMails returns mails that follow each other. Two are refused at RCPT, and
// two after the dot.
func sessionMails(lmtp bool) []*wire.Mail {
	mails := make([]*wire.Mail, 20)
	for i := range mails {
		e := wire.Envelope{From: "alice@example.net", To: []string{bob}}
		refused := i%5 == 4
		switch {
		case refused && i < 10 && lmtp:
			e.To[0] = "nobody@example.org"
		case refused && i < 10:
			e.To[0] = unknownUser
		case refused && lmtp:
			e.To[0] = fullUser
		case refused:
			e.From = lateSender
		}
		mails[i] = &wire.Mail{Envelope: e, Content: strings.NewReader(sessionContent(i, e.From))}
		if i > 0 {
			mails[i-1].Next = func() *wire.Mail { return mails[i] }
		}
	}
	return mails
}

func sessionContent(i int, from string) string {
	return strings.Replace(header, "alice@example.net", from, 1) + fmt.Sprintf("\nmail %d\n.\n", i)
}
