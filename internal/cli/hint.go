package cli

import (
	"mailpipe/internal/advice"
	"mailpipe/internal/message"
)

// hint returns what the user can do about an error of the delivery of m, or "".
// m is nil if there is no message.
func (d *deliveryRequest) hint(err error, m *message.Message) string {
	known := advice.Delivery{Exec: d.line.exec != nil}
	if e := dialogueError(err); e != nil {
		for _, server := range d.settings.Servers {
			if server.Name == e.Server {
				known.Scheme, known.Port = server.Scheme, server.Port
				known.LogsIn = d.settings.Login(server, d.Stderr) != nil
			}
		}
	}
	if d.config != nil {
		known.Accounts = len(d.config.Accounts())
	}
	for _, s := range d.settings.List() {
		switch {
		case s.Key == "account":
			known.Accounts = 0
		case s.Key == "server" && d.settings.Chosen:
			known.ServerOrigin = s.Origin
		}
	}
	if m != nil {
		_, whole := m.EightBit()
		known.Streams = !whole
	}
	return known.For(err)
}
