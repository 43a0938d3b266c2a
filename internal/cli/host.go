package cli

import (
	"os"
	"strings"
)

// fullHostName returns the name of this host if it is a full one, else "".
func fullHostName() string {
	host, err := os.Hostname()
	if err != nil || !isFullName(host) {
		return ""
	}
	return host
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
