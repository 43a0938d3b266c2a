package config

import (
	"net/netip"
	"strconv"
	"strings"

	"mailpipe/internal/address"
)

// parseHostPort parses host[:port]. An IPv6 address with a port must be in
// brackets, and may have a zone as in a URL, with %25 for the percent sign. The
// port is 0 if there is none.
func parseHostPort(text string) (host string, port int, err *SettingError) {
	host, portText, hasPort := strings.Cut(text, ":")
	_, notIP := netip.ParseAddr(text)
	switch {
	case strings.HasPrefix(text, "["):
		inner, rest, closed := strings.Cut(text[1:], "]")
		ip, notIP := netip.ParseAddr(strings.ReplaceAll(inner, "%25", "%"))
		portText, hasPort = strings.CutPrefix(rest, ":")
		if !closed || notIP != nil || !ip.Is6() || rest != "" && !hasPort {
			return "", 0, invalid("invalid IPv6 address in brackets: write [::1] or [::1]:25")
		}
		host = ip.String()
	case notIP == nil:
		host, hasPort = text, false
	case strings.Contains(portText, ":"):
		return "", 0, invalid("too many colons: write host:port, or an IPv6 address as [::1]:25")
	}
	if hasPort {
		port, err = parsePort(portText)
		if err != nil {
			return "", 0, err
		}
	}
	name, ok := parseHost(host)
	if !ok {
		return "", 0, invalid("invalid host name " + quote(host))
	}
	return name, port, nil
}

// parsePort parses a port. What cannot be a mistyped port may be a password,
// and is not shown.
func parsePort(text string) (int, *SettingError) {
	n, err := strconv.ParseUint(text, 10, 16)
	switch {
	case err == nil && n > 0:
		return int(n), nil
	case text == "":
		return 0, invalid("missing port after the colon")
	case !mayBePort(text):
		text = hidden
	}
	return 0, invalid("invalid port " + quote(text) + ": must be a number from 1 to 65535")
}

// parseHost parses a host name or an IP address. It converts a name to A-labels
// (RFC 5890).
func parseHost(text string) (host string, ok bool) {
	if ip, err := netip.ParseAddr(text); err == nil {
		return ip.String(), true
	}
	host, err := address.ParseDomain(strings.TrimSuffix(text, "."))
	return host, err == nil
}
