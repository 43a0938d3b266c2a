package cli

import (
	"context"
	"crypto/tls"
	"errors"
	"io/fs"
	"net"
	"runtime"

	"mailpipe/internal/config"
	"mailpipe/internal/signals"
	"mailpipe/internal/sink"
	"mailpipe/internal/subprocess"
	"mailpipe/internal/termtext"
	"mailpipe/wire"
)

// servers returns the servers of the settings as wire expects them. From then on, d handles signals.
func (d *deliveryRequest) servers() ([]wire.Server, error) {
	d.signals = signals.New(d.onSignal)
	if d.progress.Started() {
		d.signals.Before(d.eraseProgress)
	}
	d.settings.Ask = d.askPassword
	config, err := readFiles(d.settings)
	if err != nil {
		return nil, err
	}
	trace, content, err := d.trace() // which empties the file of --chart, so it is last
	if err != nil {
		return nil, err
	}
	var servers []wire.Server
	for _, server := range d.settings.Servers {
		if server.Port == 465 && !server.Implicit() {
			d.note("%s: port 465 begins with TLS: use smtps://", termtext.Line(server.Name))
		}
		s := d.server(d.settings, server)
		s.TLS, s.Trace, s.TraceContent = config, trace, content
		d.watch(&s)
		servers = append(servers, s)
	}
	return servers, nil
}

// server returns a server of the settings, without TLS and Trace.
func (c *call) server(s *config.Settings, from config.ServerURL) wire.Server {
	to := wire.Server{
		Address:        from.Address(),
		Name:           from.Name,
		LMTP:           from.LMTP(),
		Implicit:       from.Implicit(),
		Security:       s.Security(from),
		TLSName:        s.TLSName,
		Fingerprints:   s.Fingerprints,
		Hello:          s.Helo,
		Login:          s.Login(from, c.Stderr),
		Timeout:        s.Timeout,
		ConnectTimeout: s.ConnectTimeout,
		NoPipelining:   s.NoPipelining,
	}
	if to.Login != nil {
		secret := to.Login.Secret
		to.Login.Secret = func() (string, error) { // which may ask at the terminal
			defer c.progress.Pause()()
			return secret()
		}
	}
	if to.Hello == "" {
		to.Hello = fullHostName()
	}
	switch from.Scheme {
	case "smtp+unix", "lmtp+unix":
		to.Network = "unix"
	case "pipe":
		to.Dial = func(context.Context) (net.Conn, error) {
			if runtime.GOOS == "windows" {
				return nil, usage("only Unix has pipes with a time limit")
			}
			return subprocess.Pipe(from.Path, c.Stderr)
		}
	case "sink":
		to.Dial = func(ctx context.Context) (net.Conn, error) {
			conn, err := sink.Dial(ctx, sink.Options{Dir: from.Path})
			if err != nil {
				return nil, &failure{err: err, code: exitCantCreate}
			}
			return conn, nil
		}
	}
	return to
}

// readFiles reads the files of --tls-ca, --tls-cert and --tls-key, and checks that
// of --password-file. The password is read when the server asks for it.
func readFiles(s *config.Settings) (*tls.Config, error) {
	if err := s.CheckPasswordFile(); err != nil {
		return nil, err
	}
	c, err := s.TLSConfig()
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return nil, fileError(e.Path, err)
	}
	return c, err
}
