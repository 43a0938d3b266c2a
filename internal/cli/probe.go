package cli

import (
	"errors"

	"mailpipe/internal/report"
	"mailpipe/wire"
)

// probe connects to the servers in turn, as a delivery would, and prints what
// the first one that can be used offers. It sends nothing.
func (d *deliveryRequest) probe() error {
	servers, err := d.servers()
	if err != nil {
		return err
	}
	var failed []error
	for _, server := range servers {
		d.connecting(server)
		client, err := wire.Dial(d.signals.Context(), server)
		d.progress.End()
		if err == nil {
			return d.probed(client, server.Name, failed)
		}
		failed = append(failed, err)
		if !dialogueError(err).TryNext() {
			break
		}
	}
	d.drawChart("")
	return d.notProbed(failed)
}

// probed prints what the server offers and leaves it. failed are the errors of
// the servers before it.
func (d *deliveryRequest) probed(client *wire.Client, server string, failed []error) error {
	if d.flags.Bool("verbose") {
		d.noteFailed(failed)
	}
	err := report.Server(d.output(), d.format, server, client)
	client.Quit()
	d.drawChart(server)
	return err
}

// notProbed prints the certificate that the last server was refused for, so
// that the user can look at it and pin it, and returns the error.
func (d *deliveryRequest) notProbed(failed []error) error {
	last := failed[len(failed)-1]
	refused, ok := errors.AsType[*wire.CertificateError](last)
	if ok && refused.Cert != nil {
		if err := report.UntrustedServer(d.output(), d.format, dialogueError(last).Server, refused.Cert); err != nil {
			return err
		}
	}
	return &failure{err: last, details: alsoTried(failed, last), hint: d.hint(last, nil)}
}
