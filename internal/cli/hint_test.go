package cli

import (
	"strings"
	"syscall"
	"testing"

	"mailpipe/internal/config"
	"mailpipe/internal/message"
	"mailpipe/wire"
)

// TestDeliveryHint checks the facts about a delivery that a hint depends on; the
// hints themselves are tested in package advice.
func TestDeliveryHint(t *testing.T) {
	const header = "From: a@example.org\nTo: b@example.org\n\n"
	small := readMessage(t, header)
	streamed := readMessage(t, header+strings.Repeat("x\n", message.Lookahead))
	refused := wire.Error{Stage: wire.StageConnect, Kind: wire.KindTemporary, Err: syscall.ECONNREFUSED}
	unknown := wire.Error{Stage: wire.StageConnect, Kind: wire.KindNoHost}
	silent := wire.Error{Stage: wire.StageGreeting, Kind: wire.KindTemporary}
	relay := wire.Error{Stage: wire.StageMail, Kind: wire.KindAuthOrTLS, Reply: wire.Reply{Code: 530}}
	lost := wire.Error{Stage: wire.StageContent, Kind: wire.KindTemporary}
	for _, tt := range []struct {
		args string // of send; the server is the last value
		err  wire.Error
		m    *message.Message
		want string
	}{
		{"", refused, small, "no server was named, so localhost was tried: use -S"},
		{"--exec echo -S sink:box", refused, nil, "no server was named, so localhost was tried: put -S before --exec"},
		{"-S smtp://h", refused, small, "check that the server is running, and the port"},
		{"-S smtp+unix:/run/smtp", refused, small, "check the path, and that the server is running"},
		{"-S smtp://h", unknown, small, "check the name in --server"},
		{"-S smtp://h:2525", silent, small, "-S smtps://HOST:2525"},
		{"-S smtp://h", relay, small, "log in with --user NAME"},
		{"-S smtp://user@h", relay, small, ""},
		{"-S smtp://h", lost, streamed, "use --hold"},
		{"-S smtp://h", lost, small, ""},
		{"-S smtp://h", lost, nil, ""},
	} {
		c := called(t, "send", strings.Fields(tt.args)...)
		settings, err := config.Settle(c.values, c.Getenv, config.Choice{})
		if err != nil {
			t.Fatal(err)
		}
		d := &deliveryRequest{call: c, settings: settings}
		tt.err.Server = settings.Servers[0].Name
		got := d.hint(&tt.err, tt.m)
		if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
			t.Errorf("%s: %v: %q, want %q", tt.args, &tt.err, got, tt.want)
		}
	}
}

func readMessage(t *testing.T, text string) *message.Message {
	t.Helper()
	m, err := message.Read(strings.NewReader(text), message.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return m
}
