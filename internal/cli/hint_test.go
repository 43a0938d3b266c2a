package cli

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"

	urfave "github.com/urfave/cli/v2"

	"mailpipe/internal/config"
	"mailpipe/internal/message"
	"mailpipe/wire"
)

func TestDeliveryHint(t *testing.T) {
	const header = "From: a@example.org\nTo: b@example.org\n\n"
	small, err := message.Read(strings.NewReader(header), message.Options{})
	if err != nil {
		t.Fatal(err)
	}
	streamed, err := message.Read(strings.NewReader(header+strings.Repeat("x\n", message.Lookahead)), message.Options{})
	if err != nil {
		t.Fatal(err)
	}
	reply := func(code int, enhanced, text string) wire.Reply {
		return wire.Reply{Code: code, Enhanced: enhanced, Lines: []string{text}}
	}
	for _, tt := range []struct {
		server, flags string
		err           wire.Error
		m             *message.Message
		want          string
	}{
		{"", "", wire.Error{Stage: wire.StageConnect, Kind: wire.KindTemporary}, small, "no server was named"},
		{"smtp://h", "", wire.Error{Stage: wire.StageConnect, Kind: wire.KindTemporary}, small, ""},
		{"smtp://h", "", wire.Error{Stage: wire.StageConnect, Kind: wire.KindTemporary, Err: syscall.ECONNREFUSED}, small, "nothing listens there"},
		{"lmtp+unix:/run/lmtp", "", wire.Error{Stage: wire.StageConnect, Kind: wire.KindTemporary, Err: syscall.ECONNREFUSED}, small, "at that socket"},
		{"smtp://h", "", wire.Error{Stage: wire.StageConnect, Kind: wire.KindTemporary, Err: fmt.Errorf("h:25: %w", syscall.ETIMEDOUT)}, small, "-S submission://HOST"},
		{"smtp://h", "", wire.Error{Stage: wire.StageConnect, Kind: wire.KindTemporary, Err: &net.DNSError{IsTimeout: true}}, small, ""},
		{"lmtp+unix:/none", "", wire.Error{Stage: wire.StageConnect, Kind: wire.KindTemporary, Err: syscall.ENOENT}, small, "no socket of that name"},
		{"sink:/proc/box", "", wire.Error{Stage: wire.StageConnect, Kind: wire.KindTemporary, Err: syscall.ENOENT}, small, ""},
		{"smtp://nowhere.invalid", "", wire.Error{Stage: wire.StageConnect, Kind: wire.KindNoHost}, small, "is it typed right in --server?"},
		{"smtp://nowhere.invalid", "", wire.Error{Stage: wire.StageConnect, Kind: wire.KindTemporary}, small, ""},
		{"pipe:exec cat", "", wire.Error{Stage: wire.StageGreeting, Kind: wire.KindTemporary}, small, "the command of pipe:"},
		{"pipe:exec cat", "", wire.Error{Stage: wire.StageGreeting, Kind: wire.KindProtocol}, small, ""},
		{"smtp://h:465", "", wire.Error{Stage: wire.StageGreeting, Kind: wire.KindTemporary}, small, "-S smtps://HOST"},
		{"smtp://h:465", "", wire.Error{Stage: wire.StageGreeting, Kind: wire.KindTemporary, Reply: reply(421, "", "busy")}, small, ""},
		{"smtps://h:2525", "", wire.Error{Stage: wire.StageHandshake, Kind: wire.KindAuthOrTLS, Err: wire.ErrNotTLS}, small, "submission://HOST:PORT"},
		{"smtps://h:587", "", wire.Error{Stage: wire.StageHandshake, Kind: wire.KindAuthOrTLS}, small, "-S submission://HOST"},
		{"smtps://h:25", "", wire.Error{Stage: wire.StageHandshake, Kind: wire.KindAuthOrTLS}, small, "-S submission://HOST"},
		{"smtp://h", "", wire.Error{Stage: wire.StageRcpt, Kind: wire.KindNoRecipient, Reply: reply(554, "5.7.1", "5.7.1 Relay access denied")}, small, "--user"},
		{"smtp://h", "", wire.Error{Stage: wire.StageRcpt, Kind: wire.KindNoRecipient, Reply: reply(550, "", "relay not permitted")}, small, "--user"},
		{"smtp://h", "", wire.Error{Stage: wire.StageMail, Kind: wire.KindAuthOrTLS, Reply: reply(530, "5.7.0", "authentication required")}, small, "--user"},
		{"smtp://h", "", wire.Error{Stage: wire.StageTLS, Kind: wire.KindAuthOrTLS, Reply: reply(454, "4.7.0", "TLS not available")}, small, "its TLS is out of order"},
		{"smtp://h", "", wire.Error{Stage: wire.StageHandshake, Kind: wire.KindAuthOrTLS, Err: errors.New("remote error: tls: protocol version not supported")}, small, "its TLS is too old"},
		{"smtp://h", "", wire.Error{Stage: wire.StageHandshake, Kind: wire.KindTemporary, Err: errors.New("tls: server selected unsupported protocol version 302")}, small, "its TLS is too old"},
		{"smtp://h", "", wire.Error{Stage: wire.StageHandshake, Kind: wire.KindAuthOrTLS, Err: errors.New("remote error: tls: handshake failure")}, small, "or it wants a certificate: --tls-cert FILE"},
		{"smtps://h", "", wire.Error{Stage: wire.StageGreeting, Kind: wire.KindAuthOrTLS, Err: errors.New("remote error: tls: certificate required")}, small, "--tls-cert FILE"},
		{"smtp://h", "", wire.Error{Stage: wire.StageTLS, Kind: wire.KindAuthOrTLS, Err: wire.ErrPipelinedBeforeTLS}, small, "somebody between"},
		{"smtp://h", "", wire.Error{Stage: wire.StageTLS, Kind: wire.KindTemporary, Reply: reply(421, "", "going down")}, small, ""},
		{"smtp://h", "", wire.Error{Stage: wire.StageRcpt, Kind: wire.KindNoRecipient, Reply: reply(550, "5.1.1", "no such user")}, small, ""},
		{"smtp://h", "", wire.Error{Stage: wire.StageRcpt, Kind: wire.KindTemporary, Reply: reply(450, "4.2.0", "Greylisted")}, small, "greylisting"},
		{"smtp://h", "", wire.Error{Stage: wire.StageRcpt, Kind: wire.KindTemporary, Reply: reply(452, "4.2.2", "full")}, small, ""},
		{"smtp://h", "", wire.Error{Stage: wire.StageDot, Kind: wire.KindTemporary, Reply: reply(451, "4.3.0", "no DNS, try again later")}, small, ""},
		{"smtp://h", "", wire.Error{Stage: wire.StageDot, Kind: wire.KindPermanent, Reply: reply(552, "5.3.4", "big")}, small, "too big"},
		{"smtp://h", "", wire.Error{Stage: wire.StageDot, Kind: wire.KindPermanent, Reply: reply(552, "5.2.2", "mailbox full")}, small, ""},
		{"smtp://h", "", wire.Error{Stage: wire.StageRcpt, Kind: wire.KindNoRecipient, Reply: reply(552, "5.2.2", "mailbox full")}, small, ""},
		{"smtp://h", "", wire.Error{Stage: wire.StageRcpt, Kind: wire.KindNoRecipient, Reply: reply(552, "", "exceeded storage allocation")}, small, "the mailbox is full, or"},
		{"smtp://h", "", wire.Error{Stage: wire.StageRcpt, Kind: wire.KindBadMessage, Reply: reply(552, "5.3.4", "big")}, small, "compress the files"},
		{"smtp://h", "", wire.Error{Stage: wire.StageMail, Kind: wire.KindPermanent, Reply: reply(552, "", "big")}, small, "compress the files"},
		{"smtp://h", "", wire.Error{Stage: wire.StageMail, Kind: wire.KindBadMessage, Err: fmt.Errorf("x: %w", wire.ErrTooBig)}, small, "too big"},
		{"smtp://h", "", wire.Error{Stage: wire.StageMail, Kind: wire.KindBadMessage, Err: fmt.Errorf("x: %w", wire.ErrEightBit)}, small, "can encode it"},
		{"smtp://h", "", wire.Error{Stage: wire.StageContent, Kind: wire.KindTemporary}, streamed, "--hold"},
		{"smtp://h", "", wire.Error{Stage: wire.StageContent, Kind: wire.KindTemporary}, small, ""},
		{"smtp://h", "", wire.Error{Stage: wire.StageContent, Kind: wire.KindTemporary, Err: os.ErrDeadlineExceeded}, streamed, ""},
		{"smtp://h", "--hold", wire.Error{Stage: wire.StageContent, Kind: wire.KindTemporary}, streamed, ""},
		{"smtp://h", "", wire.Error{Stage: wire.StageContent, Kind: wire.KindBadMessage, Err: message.ErrCutOff}, streamed, "--allow-truncated"},
		{"smtp://h", "", wire.Error{Stage: wire.StageAuth, Kind: wire.KindAuthOrTLS, Reply: reply(535, "5.7.8", "wrong")}, small, "app password"},
		{"smtp://h", "", wire.Error{Stage: wire.StageAuth, Kind: wire.KindAuthOrTLS, Reply: reply(535, "5.7.8", "wrong"), Err: fmt.Errorf(`%w {"status":"401"}`, wire.ErrToken)}, small, "print a fresh one"},
		{"smtp://h", "", wire.Error{Stage: wire.StageAuth, Kind: wire.KindAuthOrTLS, Reply: reply(535, "5.7.8", "wrong"), Err: errors.New("SCRAM: the server says invalid-proof")}, small, "app password"},
		{"smtp://h", "", wire.Error{Stage: wire.StageAuth, Kind: wire.KindAuthOrTLS, Reply: reply(501, "", "cancelled"), Err: errors.New("SCRAM: the server did not prove that it knows the password")}, small, ""},
		{"smtp://h", "", wire.Error{Stage: wire.StageHandshake, Kind: wire.KindAuthOrTLS, Err: &wire.CertificateError{}}, small, ""},
	} {
		settings, err := config.Settle(func(name string) []string {
			if name == "server" && tt.server != "" {
				return []string{tt.server}
			}
			return nil
		}, func(string) string { return "" }, config.Choice{})
		if err != nil {
			t.Fatal(err)
		}
		d := &deliveryRequest{call: called(t, "deliver", strings.Fields(tt.flags)...), settings: settings}
		tt.err.Server = tt.server
		got := d.hint(&tt.err, tt.m)
		if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
			t.Errorf("%s: %v: %q, want %q", tt.server, &tt.err, got, tt.want)
		}
	}
}

// TestServerBehindExec does not call localhost: somebody may listen there.
func TestServerBehindExec(t *testing.T) {
	settings, err := config.Settle(func(string) []string { return nil }, func(string) string { return "" }, config.Choice{})
	if err != nil {
		t.Fatal(err)
	}
	d := &deliveryRequest{call: called(t, "send", "--exec", "echo", "-S", "sink:box"), settings: settings}
	refused := &wire.Error{Stage: wire.StageConnect, Kind: wire.KindTemporary, Err: syscall.ECONNREFUSED}
	if got, want := d.hint(refused, nil), "no server was named, so localhost was tried: everything after --exec belongs to its command: it must be the last flag"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// called returns a call as a command line makes it.
func called(t *testing.T, name string, args ...string) *call {
	t.Helper()
	c := &call{Env: &Env{Getenv: func(string) string { return "" }}, name: name}
	app := newApp(c, io.Discard)
	app.Command(name).Action = func(flags *urfave.Context) error {
		c.flags = flags
		return nil
	}
	var err error
	if c.line, err = sortArgs(app, append([]string{name}, args...)); err != nil {
		t.Fatal(err)
	}
	if err := app.Run(c.line.sorted()); err != nil {
		t.Fatal(err)
	}
	return c
}
