package cli

import (
	"os"
	"strings"
)

// fullHostName is the host's name where it is a full one, else "".
func fullHostName() string {
	host, err := os.Hostname()
	if err != nil || !isFullName(host) {
		return ""
	}
	return host
}

// isFullName reports whether a name has a dot and only letters, digits and
// hyphens, as others can look it up.
func isFullName(host string) bool {
	labels := strings.Split(host, ".")
	for _, label := range labels {
		if label == "" || strings.Trim(label, "-") != label {
			return false
		}
		for _, r := range label {
			if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-') {
				return false
			}
		}
	}
	return len(labels) > 1
}
