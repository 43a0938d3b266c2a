package cli

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"net"

	"mailpipe/internal/config"
	"mailpipe/internal/sink"
	"mailpipe/internal/submit"
	"mailpipe/internal/termtext"
	"mailpipe/wire"
)

// secureSink sets what the flags say about TLS and the login. loopback is whether only
// this machine can connect. checkSecurity has been called.
func (c *call) secureSink(opt *sink.Options, loopback bool) error {
	opt.Implicit, opt.RequireTLS = c.flags.Bool("smtps"), c.flags.Bool("require-tls")
	hasTLS := opt.Implicit || c.flags.Bool("tls")
	if err := c.setLogin(opt, loopback, hasTLS); err != nil || !hasTLS {
		return err
	}
	certificate, err := c.certificate()
	opt.TLS = &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{certificate}}
	return err
}

// checkSecurity checks which flags are given together.
func (c *call) checkSecurity() error {
	isSet := c.flags.IsSet
	hasTLS, isAny := isSet("tls") || isSet("smtps"), c.flags.String("auth") == "any"
	switch {
	case isSet("tls") && isSet("smtps"):
		return usage("--tls and --smtps exclude each other")
	case isSet("require-tls") && !hasTLS:
		return usage("--require-tls needs --tls or --smtps")
	case isSet("tls-cert") != isSet("tls-key"):
		return usage("--tls-cert and --tls-key belong together")
	case isSet("tls-cert") && !hasTLS:
		return usage("--tls-cert needs --tls or --smtps")
	case isSet("auth") && c.flags.String("auth") == "":
		return usage("the user of --auth must not be empty")
	case isSet("password-file") && (isAny || !isSet("auth")):
		return usage("--password-file needs --auth USER")
	case isSet("auth") && !isAny && !isSet("password-file"):
		return usage("--auth %s needs --password-file", termtext.Line(c.flags.String("auth")))
	}
	return nil
}

// setLogin sets the login of --auth. Without TLS a password could be read on the network.
func (c *call) setLogin(opt *sink.Options, loopback, hasTLS bool) error {
	user := c.flags.String("auth")
	if user == "" {
		return nil
	}
	opt.Login = &submit.Login{User: user, Any: user == "any"}
	opt.Login.Clear = opt.Login.Any && loopback && !opt.RequireTLS
	switch {
	case opt.Login.Any && !hasTLS && !loopback:
		return usage("--auth any without TLS is for loopback only").withHint("add --tls")
	case !opt.Login.Any && !hasTLS:
		return usage("--auth %s needs TLS", termtext.Line(user)).withHint("add --tls, or use --auth any on loopback")
	case opt.Login.Any:
		return nil
	}
	password, err := config.ReadPasswordFile(c.flags.String("password-file"))
	opt.Login.Password = password
	return err
}

// certificate reads the certificate of the sink, or makes one and prints its fingerprint.
func (c *call) certificate() (tls.Certificate, error) {
	if name := c.flags.String("tls-cert"); name != "" {
		certificate, err := tls.LoadX509KeyPair(name, c.flags.String("tls-key"))
		if e, ok := errors.AsType[*fs.PathError](err); ok {
			return certificate, fileError(e.Path, err)
		}
		if err != nil {
			return certificate, usage("--tls-cert: invalid certificate or key: %s", err)
		}
		return certificate, nil
	}
	certificate, err := sink.MakeCertificate()
	if err == nil { // printed even with --quiet, as the address
		fmt.Fprintf(c.Stderr, "%s: sink: certificate with sha256 %s\n", program, wire.Fingerprint(certificate.Leaf))
	}
	return certificate, err
}

// isLoopback reports whether only this machine can connect to l.
func isLoopback(l net.Listener) bool {
	addr, ok := l.Addr().(*net.TCPAddr)
	return ok && addr.IP.IsLoopback()
}
