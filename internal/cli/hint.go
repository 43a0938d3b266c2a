package cli

import (
	"errors"
	"strings"

	"mailpipe/internal/address"
	"mailpipe/internal/advice"
	"mailpipe/internal/message"
)

// messageLines returns the message of an error, line by line.
func messageLines(err error) []string {
	if e, ok := errors.AsType[*unsentError](err); ok {
		return append(messageLines(e.err), e.where)
	}
	if e, ok := errors.AsType[*internalError](err); ok {
		return append([]string{e.Error()}, e.stack...)
	}
	if e, ok := errors.AsType[*deliveryError](err); ok {
		return append([]string{e.Error()}, e.details...)
	}
	where, ok := errors.AsType[*whereError](err)
	if !ok {
		return []string{err.Error()}
	}
	invalid, ok := errors.AsType[*address.Error](where.err)
	if !ok {
		return []string{err.Error()}
	}
	lines := []string{where.where + ": " + invalid.Reason}
	for line := range strings.Lines(invalid.Caret()) {
		lines = append(lines, "    "+strings.TrimSuffix(line, "\n"))
	}
	return lines
}

// hint returns what the user can do about an error, or "".
func hint(err error) string {
	if e, ok := errors.AsType[*failure](err); ok && e.hint != "" {
		return e.hint
	}
	if e, ok := errors.AsType[*deliveryError](err); ok {
		return e.hint
	}
	return advice.For(err)
}

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
	for _, s := range d.settings.List() {
		if s.Key == "server" && d.settings.Chosen {
			known.ServerOrigin = s.Origin
		}
	}
	if m != nil {
		_, whole := m.EightBit()
		known.Streams = !whole
	}
	return known.For(err)
}
