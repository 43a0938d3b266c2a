package config

import (
	"cmp"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// A ServerURL is a parsed value of --server.
type ServerURL struct {
	Name   string // as given, without passwords
	Scheme string // one of schemes
	Host   string // an A-label in lower case, or an IP address without brackets; empty if Path is set
	Port   int    // 0 if Path is set
	Path   string // a socket, a command (pipe) or a directory (sink)
	User   string // before the @, or empty
}

// Address returns host:port, or the path.
func (s ServerURL) Address() string {
	if s.Local() {
		return s.Path
	}
	return net.JoinHostPort(s.Host, strconv.Itoa(s.Port))
}

// LMTP reports whether the server speaks LMTP (RFC 2033).
func (s ServerURL) LMTP() bool { return s.Scheme == "lmtp" || s.Scheme == "lmtp+unix" }

// Implicit reports whether TLS begins with the first octet (RFC 8314 §3.3).
func (s ServerURL) Implicit() bool { return s.Scheme == "smtps" }

// Local reports whether no network is involved: a Unix socket, a child process
// or the sink.
func (s ServerURL) Local() bool { return s.Host == "" }

// ports are the default ports of the schemes that have a host.
var ports = map[string]int{"smtp": 25, "smtps": 465, "submission": 587, "lmtp": 24}

var schemes = []string{"smtp", "smtps", "submission", "lmtp", "lmtp+unix", "smtp+unix", "pipe", "sink"}

// Schemes returns the schemes of --server, without the colon.
func Schemes() []string { return slices.Clone(schemes) }

// unsupportedSchemes are reserved for later.
var unsupportedSchemes = []string{"mx", "sendmail"}

// ParseServer parses a server as --server names it. The error never contains a
// password.
func ParseServer(text string) (ServerURL, error) {
	s, err := parseServer(text)
	if err != nil {
		return s, err
	}
	return s, nil
}

// parseServer is ParseServer with the type of its error.
func parseServer(text string) (ServerURL, *SettingError) {
	server, err := splitServer(text)
	if err != nil {
		err.Value = withoutPassword(text)
		return ServerURL{}, err
	}
	server.Name = Shown("server", text)
	return server, nil
}

func splitServer(text string) (s ServerURL, err *SettingError) {
	if err := checkText(text); err != nil {
		return s, err
	}
	if typed, ok := strings.CutPrefix(text, "="); ok { // -S=smtp://host
		return s, &SettingError{Reason: "begins with =", Near: withoutPassword(typed)}
	}
	scheme, rest, _ := strings.Cut(text, ":")
	scheme = strings.ToLower(scheme)
	switch scheme {
	case "pipe", "sink":
		if strings.TrimSpace(rest) == "" {
			what := map[string]string{"pipe": "command", "sink": "directory"}[scheme]
			return s, invalid("missing " + what + " after " + scheme + ":")
		}
		if scheme == "sink" && rest == "eml:" {
			return s, invalid("missing directory after sink:eml:")
		}
		return ServerURL{Scheme: scheme, Path: rest}, nil
	case "smtp+unix", "lmtp+unix":
		if strings.HasPrefix(rest, "///") { // a URL with an empty host
			rest = strings.TrimPrefix(rest, "//")
		}
		if rest == "" || strings.HasPrefix(rest, "//") {
			return s, &SettingError{Reason: "missing path of the socket", Near: scheme + ":/path"}
		}
		return ServerURL{Scheme: scheme, Path: rest}, nil
	}
	if slices.Contains(unsupportedSchemes, scheme) {
		return s, invalid("unsupported scheme " + scheme + ":")
	}
	if authority, ok := strings.CutPrefix(rest, "//"); ok {
		return urlServer(scheme, authority)
	}
	return bareServer(text)
}

// urlServer parses what follows :// in a URL.
func urlServer(scheme, authority string) (s ServerURL, err *SettingError) {
	if ports[scheme] == 0 {
		err = oneOf("scheme", scheme, scheme, schemes)
		if ports[err.Near] != 0 {
			err.Near += "://" + withoutPassword(authority)
		}
		return s, err
	}
	s.Scheme = scheme
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		s.User, err = parseUser(authority[:at])
		if err != nil {
			return s, err
		}
		authority = authority[at+1:]
	}
	authority, path, _ := strings.Cut(authority, "/")
	if path != "" || strings.ContainsAny(authority, "?#") {
		return s, invalid("nothing may follow the host and the port")
	}
	s.Host, s.Port, err = parseHostPort(authority)
	s.Port = cmp.Or(s.Port, ports[scheme])
	return s, err
}

// parseUser decodes the user of a URL.
func parseUser(text string) (string, *SettingError) {
	user, err := url.PathUnescape(text)
	switch {
	case strings.Contains(user, ":") || strings.Contains(text, ":"):
		return "", passwordInURL()
	case err != nil || user == "" || strings.ContainsFunc(user, unicode.IsControl):
		return "", invalid("invalid user before the @")
	}
	return user, nil
}

// passwordInURL returns the error of a URL with a password.
func passwordInURL() *SettingError {
	return &SettingError{
		Reason: "a password in a URL is visible to other users",
		Fix:    "use --password-command or --password-file",
	}
}

// bareServer parses host[:port]. The port determines the scheme.
func bareServer(text string) (s ServerURL, err *SettingError) {
	if at := strings.LastIndexByte(text, '@'); at >= 0 {
		if strings.Contains(text[:at], ":") {
			return s, passwordInURL()
		}
		return s, &SettingError{Reason: "is an address, not a server", Near: "smtp://" + text}
	}
	if strings.Contains(text, "/") {
		return s, invalid("must be host[:port] or a URL")
	}
	s.Scheme = "smtp"
	s.Host, s.Port, err = parseHostPort(text)
	if err != nil {
		scheme, rest, _ := strings.Cut(text, ":")
		scheme = strings.ToLower(scheme)
		if ports[scheme] != 0 && rest != "" && !mayBePort(rest) && !strings.Contains(rest, ":") {
			err = &SettingError{Reason: "missing // after the scheme", Near: scheme + "://" + rest}
		}
		return s, err
	}
	switch s.Port {
	case 0:
		s.Port = ports["smtp"]
	case ports["smtps"]:
		s.Scheme = "smtps"
	case ports["submission"]:
		s.Scheme = "submission"
	}
	return s, nil
}
