package cli

import (
	"context"
	"crypto/tls"
	"errors"
	"io/fs"
	"net"

	"mailpipe/internal/config"
	"mailpipe/internal/sink"
	"mailpipe/internal/subprocess"
	"mailpipe/wire"
)

// servers makes of the settings what wire wants to know, with whoever listens to the dialogue.
func (d *deliveryRequest) servers() ([]wire.Server, error) {
	trace, err := d.listeners()
	if err != nil {
		return nil, err
	}
	s := d.settings
	tls, err := tlsConfig(s)
	if err != nil {
		return nil, err
	}
	hello := s.Helo
	if hello == "" {
		hello = fullHostName()
	}
	var servers []wire.Server
	for _, from := range s.Servers {
		to := wire.Server{
			Address:        from.Address(),
			Name:           from.Text,
			LMTP:           from.LMTP(),
			Implicit:       from.Implicit(),
			Security:       s.Security(from),
			TLS:            tls,
			TLSName:        s.TLSName,
			Fingerprints:   s.Fingerprints,
			Hello:          hello,
			Timeout:        s.Timeout,
			ConnectTimeout: s.ConnectTimeout,
			Trace:          trace,
		}
		if login := s.Login(from, d.Stderr); login != nil {
			to.Login = login
		}
		switch from.Scheme {
		case "smtp+unix", "lmtp+unix":
			to.Network = "unix"
		case "pipe":
			to.Dial = func(context.Context) (net.Conn, error) { return subprocess.Pipe(from.Path, d.Stderr) }
		case "sink":
			to.Dial = func(ctx context.Context) (net.Conn, error) {
				conn, err := sink.Dial(ctx, sink.Options{Dir: from.Path})
				return conn, fail(exitCantCreate, err)
			}
		}
		servers = append(servers, to)
	}
	return servers, nil
}

// tlsConfig reads the files of the TLS flags.
func tlsConfig(s *config.Settings) (*tls.Config, error) {
	c, err := s.TLSConfig()
	var at *fs.PathError
	if errors.As(err, &at) {
		return nil, fileError(at.Path, err)
	}
	return c, err
}
