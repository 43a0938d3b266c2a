package advice

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"

	"mailpipe/internal/config"
	"mailpipe/internal/message"
	"mailpipe/wire"
)

// A hintTest gives the error of a delivery and a part of the hint that is
// expected; an empty one means that no hint is expected.
type hintTest struct {
	d    Delivery
	err  wire.Error
	want string
}

func (tt hintTest) check(t *testing.T) {
	t.Helper()
	got := tt.d.For(&tt.err)
	if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
		t.Errorf("%+v: %s %v: %q, want %q", tt.d, tt.err.Kind, &tt.err, got, tt.want)
	}
}

// to returns a delivery to the server of a --server flag.
func to(scheme string, port int) Delivery {
	return Delivery{Scheme: scheme, Port: port, ServerOrigin: "--server"}
}

func reply(code int, enhanced string) wire.Reply {
	return wire.Reply{Code: code, Enhanced: enhanced, Lines: []string{"the words do not matter"}}
}

func TestConnect(t *testing.T) {
	fails := func(kind wire.Kind, err error) wire.Error {
		return wire.Error{Stage: wire.StageConnect, Kind: kind, Err: err}
	}
	timeout := fmt.Errorf("h:25: %w", syscall.ETIMEDOUT)
	for _, tt := range []hintTest{
		{Delivery{}, fails(wire.KindTemporary, nil), "no server was named, so localhost was tried: use -S"},
		{Delivery{}, fails(wire.KindTemporary, nil), "an account, which mailpipe config --for ADDRESS writes; -S sink:DIR"},
		{Delivery{Accounts: 2}, fails(wire.KindTemporary, nil), "so localhost was tried: set default in the configuration"},
		{Delivery{Accounts: 2, ServerOrigin: "--server"}, fails(wire.KindNoHost, nil), "check the name in --server"},
		{Delivery{Exec: true}, fails(wire.KindTemporary, nil), "localhost was tried: put -S before --exec"},
		{to("smtp", 25), fails(wire.KindTemporary, nil), ""},
		{to("smtp", 25), fails(wire.KindNoHost, nil), "check the name in --server"},
		{to("smtp", 25), fails(wire.KindTemporary, syscall.ECONNREFUSED), "check that the server is running, and the port"},
		{to("smtp", 25), fails(wire.KindTemporary, timeout), "-S submission://HOST"},
		{to("smtp", 25), fails(wire.KindTemporary, &net.DNSError{IsTimeout: true}), ""},
		{to("lmtp+unix", 0), fails(wire.KindTemporary, syscall.ECONNREFUSED), "that the server is running"},
		{to("lmtp+unix", 0), fails(wire.KindTemporary, syscall.ENOENT), "check the path"},
		{to("sink", 0), fails(wire.KindTemporary, syscall.ENOENT), ""},
	} {
		tt.check(t)
	}
}

func TestGreeting(t *testing.T) {
	fails := func(kind wire.Kind, code int) wire.Error {
		return wire.Error{Stage: wire.StageGreeting, Kind: kind, Reply: wire.Reply{Code: code}}
	}
	for _, tt := range []hintTest{
		{to("pipe", 0), fails(wire.KindTemporary, 0), "run the command of pipe: alone"},
		{to("pipe", 0), fails(wire.KindProtocol, 0), ""},
		{to("smtp", 465), fails(wire.KindTemporary, 0), "if port 465 begins with TLS, use -S smtps://HOST:465"},
		{to("smtp", 2525), fails(wire.KindTemporary, 0), "if port 2525 begins with TLS, use -S smtps://HOST:2525"},
		{to("submission", 10465), fails(wire.KindTemporary, 0), "use -S smtps://HOST:10465"},
		{to("lmtp", 24), fails(wire.KindTemporary, 0), "use -S smtps://HOST:24"},
		{to("smtp+unix", 0), fails(wire.KindTemporary, 0), ""},
		{to("smtps", 465), fails(wire.KindTemporary, 0), ""},
		{to("smtp", 465), fails(wire.KindTemporary, 421), ""},
		{to("smtp", 25), fails(wire.KindProtocol, 0), ""},
	} {
		tt.check(t)
	}
}

func TestHello(t *testing.T) {
	after := func(stage wire.Stage, kind wire.Kind, err error) wire.Error {
		return wire.Error{Stage: stage, Kind: kind, Err: fmt.Errorf("%w: %w", err, wire.ErrNoEHLO)}
	}
	d := to("smtp", 25)
	for _, tt := range []hintTest{
		{d, after(wire.StageTLS, wire.KindAuthOrTLS, wire.ErrNoSTARTTLS), "--helo NAME"},
		{d, after(wire.StageAuth, wire.KindAuthOrTLS, wire.ErrNoLogin), "--helo NAME"},
		{d, after(wire.StageMail, wire.KindBadMessage, wire.ErrEightBit), "--helo NAME"},
		{d, wire.Error{Stage: wire.StageHello, Kind: wire.KindPermanent, Reply: reply(550, "5.7.1")}, "--helo NAME"},
		{d, wire.Error{Stage: wire.StageLHLO, Kind: wire.KindPermanent, Reply: reply(550, "5.7.1")}, "--helo NAME"},
		{d, wire.Error{Stage: wire.StageHello, Kind: wire.KindTemporary, Reply: reply(450, "4.7.1")}, ""},
	} {
		tt.check(t)
	}
}

func TestTLS(t *testing.T) {
	at := func(stage wire.Stage, kind wire.Kind, code int, err error) wire.Error {
		return wire.Error{Stage: stage, Kind: kind, Reply: wire.Reply{Code: code}, Err: err}
	}
	login := to("smtp", 25)
	login.LogsIn = true
	alert := &net.OpError{Op: "remote error", Err: errors.New("alert")}
	for _, tt := range []hintTest{
		{to("smtp", 25), at(wire.StageTLS, wire.KindAuthOrTLS, 0, wire.ErrNoSTARTTLS), "--tls opportunistic"},
		{login, at(wire.StageTLS, wire.KindAuthOrTLS, 0, wire.ErrNoSTARTTLS), "use a port for users"},
		{to("smtp", 25), at(wire.StageTLS, wire.KindAuthOrTLS, 454, nil), "tell the server's administrator"},
		{to("smtp", 25), at(wire.StageTLS, wire.KindTemporary, 421, nil), ""},
		{to("smtp", 25), at(wire.StageTLS, wire.KindAuthOrTLS, 0, wire.ErrPipelinedBeforeTLS), "tampering"},
		{to("smtps", 2525), at(wire.StageHandshake, wire.KindAuthOrTLS, 0, wire.ErrNotTLS), "-S submission://HOST:PORT"},
		{to("smtps", 587), at(wire.StageHandshake, wire.KindAuthOrTLS, 0, nil), "only port 465 begins with TLS"},
		{to("smtps", 25), at(wire.StageHandshake, wire.KindTemporary, 0, nil), "only port 465 begins with TLS"},
		{to("smtps", 465), at(wire.StageHandshake, wire.KindTemporary, 0, nil), ""},
		{to("smtp", 25), at(wire.StageHandshake, wire.KindAuthOrTLS, 0, alert), "use --tls-cert FILE"},
		// With TLS 1.3 the server checks the client's certificate after the handshake.
		{to("smtps", 465), at(wire.StageGreeting, wire.KindAuthOrTLS, 0, alert), "--tls-cert"},
	} {
		tt.check(t)
	}
}

func TestCertificate(t *testing.T) {
	cert := &x509.Certificate{Raw: []byte("x")}
	pin := "--tls-fingerprint " + wire.Fingerprint(cert)
	for reason, want := range map[wire.CertificateReason]string{
		wire.CertInvalid:          "if you know that the certificate is the server's: " + pin,
		wire.CertSelfSigned:       "if you know that the certificate is the server's: " + pin,
		wire.CertUnknownAuthority: "or --tls-ca FILE with that of its issuer",
		wire.CertWrongName:        "--tls-name NAME; " + pin,
		wire.CertExpired:          "until the certificate is renewed, " + pin,
		wire.CertNotYetValid:      "until the certificate is valid, " + pin,
		wire.CertNoRoots:          "/etc/ssl/certs, as the package ca-certificates does, or use --tls-ca FILE; " + pin,
		wire.CertWrongFingerprint: "if the server's administrator confirms the new certificate: " + pin,
	} {
		hint := hintTest{to("smtp", 25), wire.Error{
			Stage: wire.StageHandshake, Kind: wire.KindAuthOrTLS,
			Err: &wire.CertificateError{Cert: cert, Reason: reason},
		}, want}
		hint.check(t)
		if got := hint.d.For(&hint.err); strings.Contains(got, "--tls none") || strings.Contains(got, "opportunistic") {
			t.Errorf("%v: the hint proposes to do without TLS: %q", reason, got)
		}
	}
	hintTest{to("smtp", 25), wire.Error{
		Stage: wire.StageHandshake, Kind: wire.KindAuthOrTLS, Err: &wire.CertificateError{},
	}, ""}.check(t)
}

func TestLogin(t *testing.T) {
	refused := func(code int, enhanced string, err error) wire.Error {
		return wire.Error{Stage: wire.StageAuth, Kind: wire.KindAuthOrTLS, Reply: reply(code, enhanced), Err: err}
	}
	d := to("submission", 587)
	d.LogsIn = true
	token := fmt.Errorf(`%w: {"status":"401"}`, wire.ErrToken)
	noPassword := &config.SecretError{Err: config.ErrNoPassword}
	for _, tt := range []hintTest{
		{d, refused(535, "5.7.8", nil), "app password"},
		{d, refused(535, "5.7.8", errors.New("SCRAM: invalid proof")), "app password"},
		{d, refused(535, "5.7.8", token), "fresh token"},
		{d, refused(504, "5.5.4", nil), "--auth MECH selects another mechanism"},
		{d, refused(504, "", nil), "--auth MECH selects another mechanism"},
		{d, refused(535, "5.7.139", nil), "ask the administrator to enable SMTP AUTH"},
		{d, refused(501, "", errors.New("SCRAM: the server does not know the password")), ""},
		{d, refused(0, "", wire.ErrInsecureAuth), "use --tls required"},
		{d, refused(0, "", wire.ErrNoLogin), "-S submission://HOST"},
		{to("sink", 0), refused(0, "", wire.ErrInsecureAuth), "leave out --user and --tls"},
		{d, refused(0, "", noPassword), "give it with --password-command"},
		{d, refused(0, "", &config.SecretError{Fix: "chmod 600 x"}), "chmod 600 x"},
		{d, wire.Error{Stage: wire.StageAuth, Kind: wire.KindTemporary, Reply: reply(454, "4.7.0")}, ""},
	} {
		tt.check(t)
	}
}

func TestReply(t *testing.T) {
	at := func(stage wire.Stage, kind wire.Kind, code int, enhanced string) wire.Error {
		return wire.Error{Stage: stage, Kind: kind, Reply: reply(code, enhanced)}
	}
	login := to("submission", 587)
	login.LogsIn = true
	d := to("smtp", 25)
	for _, tt := range []hintTest{
		{d, at(wire.StageRcpt, wire.KindNoRecipient, 554, "5.7.1"), "log in with --user NAME"},
		{d, at(wire.StageMail, wire.KindAuthOrTLS, 530, "5.7.0"), "log in with --user NAME"},
		{d, at(wire.StageRcpt, wire.KindNoRecipient, 550, "5.1.1"), ""},
		{login, at(wire.StageRcpt, wire.KindNoRecipient, 554, "5.7.1"), ""},
		{login, at(wire.StageMail, wire.KindAuthOrTLS, 530, "5.7.0"), ""},

		{d, at(wire.StageRcpt, wire.KindTemporary, 450, "4.2.0"), "a server that greylists"},
		{d, at(wire.StageRcpt, wire.KindTemporary, 451, "4.7.1"), "a server that greylists"},
		{d, at(wire.StageRcpt, wire.KindTemporary, 450, "4.2.2"), ""}, // mailbox full
		{d, at(wire.StageRcpt, wire.KindTemporary, 452, "4.2.2"), ""},
		{d, at(wire.StageRcpt, wire.KindPermanent, 450, "4.2.0"), ""}, // others were accepted
		{d, at(wire.StageDot, wire.KindTemporary, 451, "4.3.0"), ""},

		{d, at(wire.StageRcpt, wire.KindNoRecipient, 552, ""), "the mailbox is full, or"},
		{d, at(wire.StageRcpt, wire.KindNoRecipient, 552, "5.2.2"), ""},
		{d, at(wire.StageDot, wire.KindPermanent, 552, "5.2.2"), ""},
		{d, at(wire.StageDot, wire.KindPermanent, 552, "5.3.4"), "compress the files"},
		{d, at(wire.StageRcpt, wire.KindBadMessage, 552, "5.3.4"), "compress the files"},
		{d, at(wire.StageMail, wire.KindPermanent, 552, ""), "compress the files"},
	} {
		tt.check(t)
	}
}

func TestContent(t *testing.T) {
	at := func(stage wire.Stage, kind wire.Kind, err error) wire.Error {
		return wire.Error{Stage: stage, Kind: kind, Err: err}
	}
	stream := to("smtp", 25)
	stream.Streams = true
	for _, tt := range []hintTest{
		{stream, at(wire.StageContent, wire.KindTemporary, nil), "use --hold"},
		{to("smtp", 25), at(wire.StageContent, wire.KindTemporary, nil), ""},
		{stream, at(wire.StageContent, wire.KindTemporary, os.ErrDeadlineExceeded), ""},
		{stream, at(wire.StageContent, wire.KindBadMessage, message.ErrCutOff), "--allow-truncated"},
		{stream, at(wire.StageContent, wire.KindBadMessage, fmt.Errorf("x: %w", wire.ErrTooBig)), "compress the files"},
		{stream, at(wire.StageMail, wire.KindBadMessage, fmt.Errorf("x: %w", wire.ErrTooBig)), "compress the files"},
		{stream, at(wire.StageMail, wire.KindBadMessage, fmt.Errorf("x: %w", wire.ErrEightBit)), "mailpipe compose"},
	} {
		tt.check(t)
	}
}

// An error that does not come from the dialogue has the hint that it has elsewhere.
func TestOtherError(t *testing.T) {
	d := to("smtp", 25)
	if got, want := d.For(message.ErrEmpty), For(message.ErrEmpty); got != want || got == "" {
		t.Errorf("%q, want %q", got, want)
	}
	if got := d.For(fs.ErrNotExist); got != "" {
		t.Errorf("%q", got)
	}
}
