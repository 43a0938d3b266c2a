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
	var unsent *unsentError
	var internal *internalError
	var where *whereError
	var invalid *address.Error
	var delivery *deliveryError
	switch {
	case errors.As(err, &unsent):
		return append(messageLines(unsent.err), unsent.where)
	case errors.As(err, &internal):
		return append([]string{internal.Error()}, internal.stack...)
	case errors.As(err, &where) && errors.As(where.err, &invalid):
		lines := []string{where.where + ": " + invalid.Reason}
		for line := range strings.Lines(invalid.Caret()) {
			lines = append(lines, "    "+strings.TrimSuffix(line, "\n"))
		}
		return lines
	case errors.As(err, &delivery):
		return append([]string{delivery.Error()}, delivery.details...)
	}
	return []string{err.Error()}
}

// hint returns what the user can do about an error, or "".
func hint(err error) string {
	var known *failure
	if errors.As(err, &known) && known.hint != "" {
		return known.hint
	}
	var delivery *deliveryError
	if errors.As(err, &delivery) {
		return delivery.hint
	}
	return advice.For(err)
}

// hint returns what the user can do about an error of the delivery of m, or "".
// m is nil if there is no message.
func (d *deliveryRequest) hint(err error, m *message.Message) string {
	known := advice.Delivery{Exec: d.line.exec != nil}
	if e := dialogueError(err); e != nil {
		for _, server := range d.settings.Servers {
			if server.Text == e.Server {
				known.Scheme, known.Port = server.Scheme, server.Port
				known.LogsIn = d.settings.Login(server, d.Stderr) != nil
			}
		}
	}
	if d.settings.Chosen {
		known.ServerOrigin = d.origin("server")
	}
	if m != nil {
		_, whole := m.EightBit()
		known.Streams = !whole
	}
	return known.For(err)
}

// origin returns where a setting was given: a flag, a variable or a line of a file.
func (d *deliveryRequest) origin(key string) string {
	for _, s := range d.settings.List() {
		if s.Key == key {
			return s.Origin
		}
	}
	return ""
}
