package config

import (
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"mailpipe/internal/address"
	"mailpipe/internal/spelling"
	"mailpipe/internal/termtext"
)

// Server is a server as -S names it.
type Server struct {
	URL    string // as it was written: it holds no password
	Scheme string // smtp, smtps, submission, lmtp, lmtp+unix, smtp+unix, pipe, sink
	Host   string // A-label in lower case, or an IP address without brackets; empty: Path is set
	Port   int    // 0: Path is set
	Path   string // a socket, a command (pipe), a folder (sink)
	User   string // before the @, or empty
}

// Address is host:port, or the path of a socket.
func (s Server) Address() string {
	if s.Host == "" {
		return s.Path
	}
	return net.JoinHostPort(s.Host, strconv.Itoa(s.Port))
}

// LMTP reports whether the server speaks LMTP (RFC 2033).
func (s Server) LMTP() bool { return s.Scheme == "lmtp" || s.Scheme == "lmtp+unix" }

// Implicit reports whether TLS begins with the first octet (RFC 8314 §3.3).
func (s Server) Implicit() bool { return s.Scheme == "smtps" }

// Local reports whether no network is between: a Unix socket, a child, the sink.
func (s Server) Local() bool { return s.Host == "" }

// ports are the schemes with a host, and the port of each.
var ports = map[string]int{"smtp": 25, "smtps": 465, "submission": 587, "lmtp": 24}

var schemes = []string{"smtp", "smtps", "submission", "lmtp", "lmtp+unix", "smtp+unix", "pipe", "sink"}

// serverError says why a text names no server. It never shows a password.
type serverError struct {
	Input  string // safe to show
	Reason string
	Near   string // a right form that is near, or empty
}

func (e *serverError) Error() string { return quote(e.Input) + ": " + termtext.Text(e.Reason) }

// passwordInURL says what to do instead.
const passwordInURL = "a password does not belong in a URL, which others can see: use --password-command or --password-file"

// parseServer reads the text of -S. Its error is a *serverError.
func parseServer(text string) (Server, error) {
	s := Server{URL: text}
	wrong := func(reason, near string) (Server, error) {
		return Server{}, &serverError{Input: withoutPassword(text), Reason: reason, Near: near}
	}
	if text == "" {
		return wrong("the server is empty", "")
	}
	if strings.ContainsFunc(text, unicode.IsControl) {
		return wrong("a control character is in it", "")
	}
	if typed, glued := strings.CutPrefix(text, "="); glued { // -S=smtp://host
		return wrong("no = stands between a letter and its value", withoutPassword(typed))
	}
	scheme, rest, _ := strings.Cut(text, ":")
	switch s.Scheme = strings.ToLower(scheme); s.Scheme {
	case "pipe", "sink":
		if s.Path = rest; strings.TrimSpace(rest) == "" {
			return wrong(s.Scheme+": wants "+map[string]string{"pipe": "a command", "sink": "a folder"}[s.Scheme]+" behind it", "")
		}
		return s, nil
	case "smtp+unix", "lmtp+unix":
		if strings.HasPrefix(rest, "///") { // as a URL with an empty host
			rest = rest[2:]
		}
		if s.Path = rest; rest == "" || strings.HasPrefix(rest, "//") {
			return wrong("the path of a socket stands behind "+s.Scheme+":", s.Scheme+":/path")
		}
		return s, nil
	case "mx", "sendmail":
		return wrong(s.Scheme+": is not there yet", "")
	}
	if scheme, authority, isURL := strings.Cut(text, "://"); isURL {
		return s.url(scheme, authority, wrong)
	}
	return s.bare(text, wrong)
}

// url reads what stands before and behind the :// of a URL.
func (s Server) url(scheme, authority string, wrong func(reason, near string) (Server, error)) (Server, error) {
	port, known := ports[s.Scheme]
	if !known {
		near := spelling.Word(s.Scheme, schemes)
		if near != "" && ports[near] != 0 {
			near += "://" + withoutPassword(authority)
		}
		return wrong(quote(scheme)+" is no scheme: there are "+strings.Join(schemes, ", "), near)
	}
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		user, err := url.PathUnescape(authority[:i])
		switch {
		case strings.Contains(user, ":") || strings.Contains(authority[:i], ":"):
			return wrong(passwordInURL, "")
		case err != nil || user == "" || strings.ContainsFunc(user, unicode.IsControl):
			return wrong("the user before the @ cannot be read", "")
		}
		s.User, authority = user, authority[i+1:]
	}
	authority, path, _ := strings.Cut(authority, "/")
	if path != "" || strings.ContainsAny(authority, "?#") {
		return wrong("nothing may follow the host and port", "")
	}
	host, given, reason := splitHost(authority)
	if reason != "" {
		return wrong(reason, "")
	}
	if s.Port = port; given != "" {
		if s.Port, reason = urlPort(given); reason != "" {
			return wrong(reason, "")
		}
	}
	return s.withHost(host, wrong)
}

// bare reads host[:port]: the port tells the scheme.
func (s Server) bare(text string, wrong func(reason, near string) (Server, error)) (Server, error) {
	if i := strings.LastIndexByte(text, '@'); i >= 0 {
		if strings.Contains(text[:i], ":") {
			return wrong(passwordInURL, "")
		}
		return wrong("that is an address, not a server; with a user name it is smtp://user@host", "smtp://"+text)
	}
	if strings.Contains(text, "/") {
		return wrong("a server is host[:port] or a URL", "")
	}
	host, port, reason := splitHost(text)
	if reason != "" {
		return wrong(reason, "")
	}
	s.Scheme, s.Port = "smtp", ports["smtp"]
	if port != "" {
		if s.Port, reason = urlPort(port); reason != "" {
			if _, ok := ports[strings.ToLower(host)]; ok {
				return wrong("a scheme is followed by //", strings.ToLower(host)+"://"+port)
			}
			return wrong(reason, "")
		}
		for _, scheme := range []string{"smtps", "submission"} {
			if s.Port == ports[scheme] {
				s.Scheme = scheme
			}
		}
	}
	return s.withHost(host, wrong)
}

func (s Server) withHost(text string, wrong func(reason, near string) (Server, error)) (Server, error) {
	var ok bool
	if s.Host, ok = parseHost(text); !ok {
		return wrong(quote(text)+" is no name of a host", "")
	}
	return s, nil
}

// splitHost parts host[:port]; an IPv6 address stands in brackets when a port follows.
func splitHost(text string) (host, port, reason string) {
	if inner, ok := strings.CutPrefix(text, "["); ok {
		host, rest, closed := strings.Cut(inner, "]")
		ip, err := netip.ParseAddr(strings.ReplaceAll(host, "%25", "%"))
		if !closed || err != nil || !ip.Is6() || rest != "" && rest[0] != ':' {
			return "", "", "brackets hold an IPv6 address, and a port may follow: [::1]:25"
		}
		return ip.String(), strings.TrimPrefix(rest, ":"), emptyPort(rest)
	}
	if _, err := netip.ParseAddr(text); err == nil {
		return text, "", ""
	}
	host, port, found := strings.Cut(text, ":")
	if strings.Contains(port, ":") {
		return "", "", "one port follows the host; an IPv6 address with a port stands in brackets: [::1]:25"
	}
	if found {
		reason = emptyPort(":" + port)
	}
	return host, port, reason
}

func emptyPort(rest string) string {
	if rest == ":" {
		return "the port is missing behind the colon"
	}
	return ""
}

func parsePort(s string) (port int, reason string) {
	n, err := strconv.ParseUint(s, 10, 16)
	if err != nil || n == 0 {
		return 0, "a port is a number from 1 to 65535, not " + quote(s)
	}
	return int(n), ""
}

// parseHost reads a host's name or an IP address: what is not ASCII becomes A-labels (RFC 5890).
func parseHost(text string) (host string, ok bool) {
	if ip, err := netip.ParseAddr(text); err == nil {
		return ip.String(), true
	}
	a, err := address.Parse("x@" + strings.TrimSuffix(text, "."))
	return a.Domain, err == nil
}

// urlPort is parsePort for what may be a password.
func urlPort(s string) (port int, reason string) {
	if port, reason = parsePort(s); reason != "" && !mayBePort(s) {
		return parsePort(hidden)
	}
	return port, reason
}

// mayBePort is false for what is more than a mistyped port, such as a password.
func mayBePort(s string) bool {
	return len(s) <= len("65535") && strings.Trim(s, "0123456789") == ""
}

// withoutPassword hides what may be a password: before an @, or in the place of
// a port where the @ and the host are missing.
func withoutPassword(text string) string {
	i := strings.LastIndexByte(text, '@')
	start := 0
	if j := strings.Index(text, "://"); j >= 0 && (j < i || i < 0) {
		start = j + len("://")
	}
	if i < 0 {
		host, rest, _ := strings.Cut(text[start:], ":")
		port, _, _ := strings.Cut(rest, "/")
		isScheme := start == 0 && !strings.Contains(rest, ":") && slices.Contains(append(schemes, "mx", "sendmail"), strings.ToLower(host))
		if mayBePort(port) || isScheme || strings.HasPrefix(host, "[") {
			return text
		}
		return text[:start] + host + ":" + hidden
	}
	if strings.Contains(text[start:i], ":") || strings.Contains(strings.ToLower(text[start:i]), "%3a") {
		return text[:start] + hidden + text[i:]
	}
	return text
}
