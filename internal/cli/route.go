package cli

import (
	"path/filepath"
	"slices"
	"strings"

	"mailpipe/internal/attempt"
	"mailpipe/internal/config"
	"mailpipe/internal/spool"
	"mailpipe/wire"
)

// A message in the spool has the flags that chose its servers, and the variables
// that did. It has nothing of the configuration file, which is read at each
// attempt: to correct it corrects the queue. A variable is a flag whose name begins
// with $, because it has another rank than a flag.

// serverVariables are the variables that choose the server, and the TLS policy and the
// login for it. The password itself is not among them.
var serverVariables = []string{"MAILPIPE_SERVER", "MAILPIPE_USER", "MAILPIPE_PASSWORD_FILE", "MAILPIPE_TLS"}

// routeVariables are the variables that choose the servers, also by the configuration.
var routeVariables = append([]string{"MAILPIPE_ACCOUNT", "XDG_CONFIG_HOME"}, serverVariables...)

// unusedVariables are variables of a flush that choose no server.
var unusedVariables = []string{"MAILPIPE_FROM", "MAILPIPE_SPOOL"}

// routeFlags returns what chose the servers, so that another process finds the
// same ones. It has no password.
func (d *deliveryRequest) routeFlags() []spool.Flag {
	var list []spool.Flag
	flags := append(serverFlags(), accountFlags()...)
	for _, a := range d.line.args {
		if findFlag(flags, a.flag) == nil || a.flag == "password-command" && hasSecret(a) {
			continue
		}
		list = append(list, spool.Flag{Name: a.flag, Value: absoluteValue(a.flag, a.value)})
	}
	choice := d.settings.Account()
	for _, name := range routeVariables {
		value := d.Getenv(name)
		if name == "MAILPIPE_ACCOUNT" && choice.Origin.Name == "From" {
			value = choice.Account.Name
		}
		if value != "" {
			list = append(list, spool.Flag{Name: "$" + name, Value: absoluteValue(name, value)})
		}
	}
	return list
}

// absoluteValue returns the value of a flag or a variable with the full name of
// the file in it, if there is one: the spool is used in other directories.
func absoluteValue(name, value string) string {
	prefix := ""
	switch name {
	case "password-file", "MAILPIPE_PASSWORD_FILE", "tls-ca", "tls-cert", "tls-key":
	case "config":
		if value == "none" {
			return value
		}
	case "server", "MAILPIPE_SERVER":
		scheme, path, _ := strings.Cut(value, ":")
		switch {
		case strings.HasPrefix(path, "//"):
			return value
		case strings.EqualFold(scheme, "smtp+unix"), strings.EqualFold(scheme, "lmtp+unix"):
			prefix = scheme + ":"
		case strings.EqualFold(scheme, "sink"):
			prefix = scheme + ":"
			if rest, ok := strings.CutPrefix(path, "eml:"); ok {
				prefix, path = prefix+"eml:", rest
			}
		default:
			return value
		}
		value = path
	default:
		return value
	}
	if abs, err := filepath.Abs(value); err == nil {
		value = abs
	}
	return prefix + value
}

// routeIn returns the function that returns the routes of the messages in a spool.
func (c *call) routeIn(s *spool.Spool) func(*spool.Envelope) (attempt.Route, error) {
	if s.Shared() {
		return c.sharedRoute
	}
	return c.route
}

// route returns the servers for a message in the spool of a user, as its flags and the
// configuration of now determine them.
func (c *call) route(e *spool.Envelope) (attempt.Route, error) {
	settings, err := c.settleFlags(e.Flags)
	if err != nil {
		return attempt.Route{}, err
	}
	return c.routeThrough(settings)
}

// settleFlags finds the settings that the flags of a message and the configuration of
// now determine.
func (c *call) settleFlags(flags []spool.Flag) (*config.Settings, error) {
	values := valuesOf(flags)
	getenv := func(name string) string {
		for _, known := range routeVariables {
			if name == known {
				return last(values["$"+name])
			}
		}
		switch {
		case slices.Contains(unusedVariables, name):
			return ""
		case name == config.PasswordVariable && values["$MAILPIPE_PASSWORD_FILE"] != nil: // for other messages
			return ""
		}
		return c.Getenv(name)
	}
	all, err := config.Load(last(values["config"]), getenv)
	if err != nil {
		return nil, err
	}
	choice, err := all.Choose(last(values["account"]), "", getenv)
	if err != nil {
		return nil, err
	}
	return config.Settle(values.of, getenv, choice)
}

// flagValues are the values of flags, by their names.
type flagValues map[string][]string

func (v flagValues) of(name string) []string { return v[name] }

func valuesOf(flags []spool.Flag) flagValues {
	values := flagValues{}
	for _, f := range flags {
		values[f.Name] = append(values[f.Name], f.Value)
	}
	return values
}

// routeThrough returns the route through the servers of the settings.
func (c *call) routeThrough(settings *config.Settings) (attempt.Route, error) {
	tls, err := readFiles(settings)
	if err != nil {
		return attempt.Route{}, err
	}
	var servers []wire.Server
	for _, server := range settings.Servers {
		s := c.server(settings, server)
		s.TLS = tls
		servers = append(servers, s)
	}
	return routeOf(settings, servers), nil
}

// last returns the last value of a flag, or "".
func last(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[len(values)-1]
}

// routeOf returns the route through servers, which are those of the settings.
func routeOf(s *config.Settings, servers []wire.Server) attempt.Route {
	r := attempt.Route{
		Servers:            servers,
		Connections:        s.Connections,
		MailsPerConnection: s.MailsPerConnection,
		Every:              s.Every,
	}
	for _, server := range s.Servers {
		key := serverURL(server)
		if user := s.User(server); user != "" {
			key += " " + user
		}
		for _, setting := range s.TLSSettings() { // a failure with them says nothing about others
			key += " " + setting
		}
		r.Keys = append(r.Keys, key)
	}
	return r
}

// serverURL returns the URL of a server, which is the same in every directory.
func serverURL(s config.ServerURL) string {
	if s.Local() {
		return absoluteValue("server", s.Scheme+":"+s.Address())
	}
	return s.Scheme + "://" + s.Address()
}
