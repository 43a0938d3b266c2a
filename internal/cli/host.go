package cli

import (
	"context"
	"net"
	"os"
	"strings"
)

// fullHostName returns the full name of this host: its name if that has a dot, else
// the first name in the line of /etc/hosts that has it, else "".
func fullHostName() string {
	host, err := os.Hostname()
	if err == nil && !strings.Contains(host, ".") {
		host, err = hostsFile.LookupCNAME(context.Background(), host)
		host = strings.TrimSuffix(host, ".")
	}
	if err != nil || !isFullName(host) {
		return ""
	}
	return host
}

// hostsFile looks up names in /etc/hosts only: a DNS server that does not answer would
// delay each mail.
var hostsFile = net.Resolver{
	PreferGo: true,
	Dial:     func(context.Context, string, string) (net.Conn, error) { return nil, os.ErrPermission },
}

// isFullName reports whether a host name has a dot, and only letters, digits
// and hyphens.
func isFullName(host string) bool {
	labels := strings.Split(host, ".")
	for _, label := range labels {
		if label == "" || strings.Trim(label, "-") != label || strings.Trim(label, hostCharacters) != "" {
			return false
		}
	}
	return len(labels) > 1
}

const hostCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"
