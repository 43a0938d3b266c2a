package config

import (
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

// unsupportedSchemes are reserved for later.
var unsupportedSchemes = []string{"mx", "sendmail"}

// parseServer parses a value of --server. The error never contains a password.
func parseServer(text string) (ServerURL, *SettingError) {
	server, err := splitServer(text)
	if err != nil {
		err.Value = withoutPassword(text)
		return ServerURL{}, err
	}
	server.Name = Shown("server", text)
	return server, nil
}

func splitServer(text string) (ServerURL, *SettingError) {
	if err := checkText(text); err != nil {
		return ServerURL{}, err
	}
	if typed, ok := strings.CutPrefix(text, "="); ok { // -S=smtp://host
		return ServerURL{}, &SettingError{Reason: "begins with =", Near: withoutPassword(typed)}
	}
	scheme, rest, _ := strings.Cut(text, ":")
	scheme = strings.ToLower(scheme)
	switch scheme {
	case "pipe", "sink":
		if strings.TrimSpace(rest) == "" {
			what := map[string]string{"pipe": "command", "sink": "directory"}[scheme]
			return ServerURL{}, invalid("missing " + what + " after " + scheme + ":")
		}
		return ServerURL{Scheme: scheme, Path: rest}, nil
	case "smtp+unix", "lmtp+unix":
		return socketServer(scheme, rest)
	}
	if slices.Contains(unsupportedSchemes, scheme) {
		return ServerURL{}, invalid("unsupported scheme " + scheme + ":")
	}
	if authority, ok := strings.CutPrefix(rest, "//"); ok {
		return urlServer(scheme, authority)
	}
	return bareServer(text)
}

// socketServer returns the server at a Unix socket. The path may be written as
// that of a URL with an empty host: ///path.
func socketServer(scheme, path string) (ServerURL, *SettingError) {
	if strings.HasPrefix(path, "///") {
		path = strings.TrimPrefix(path, "//")
	}
	if path == "" || strings.HasPrefix(path, "//") {
		return ServerURL{}, &SettingError{Reason: "missing path of the socket", Near: scheme + ":/path"}
	}
	return ServerURL{Scheme: scheme, Path: path}, nil
}

// urlServer parses what follows :// in a URL.
func urlServer(scheme, authority string) (ServerURL, *SettingError) {
	port, known := ports[scheme]
	if !known {
		err := oneOf("scheme", scheme, schemes)
		if ports[err.Near] != 0 {
			err.Near += "://" + withoutPassword(authority)
		}
		return ServerURL{}, err
	}
	user := ""
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		var err *SettingError
		user, err = parseUser(authority[:at])
		if err != nil {
			return ServerURL{}, err
		}
		authority = authority[at+1:]
	}
	authority, path, _ := strings.Cut(authority, "/")
	if path != "" || strings.ContainsAny(authority, "?#") {
		return ServerURL{}, invalid("nothing may follow the host and the port")
	}
	host, given, err := parseHostPort(authority)
	if given != 0 {
		port = given
	}
	return ServerURL{Scheme: scheme, Host: host, Port: port, User: user}, err
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
func bareServer(text string) (ServerURL, *SettingError) {
	if at := strings.LastIndexByte(text, '@'); at >= 0 {
		if strings.Contains(text[:at], ":") {
			return ServerURL{}, passwordInURL()
		}
		return ServerURL{}, &SettingError{Reason: "is an address, not a server", Near: "smtp://" + text}
	}
	if strings.Contains(text, "/") {
		return ServerURL{}, invalid("must be host[:port] or a URL")
	}
	scheme, rest, _ := strings.Cut(text, ":")
	scheme = strings.ToLower(scheme)
	host, port, err := parseHostPort(text)
	if err != nil {
		if ports[scheme] != 0 && rest != "" && !mayBePort(rest) && !strings.Contains(rest, ":") {
			err = &SettingError{Reason: "missing // after the scheme", Near: scheme + "://" + rest}
		}
		return ServerURL{}, err
	}
	server := ServerURL{Scheme: "smtp", Host: host, Port: port}
	switch port {
	case 0:
		server.Port = ports["smtp"]
	case ports["smtps"]:
		server.Scheme = "smtps"
	case ports["submission"]:
		server.Scheme = "submission"
	}
	return server, nil
}
