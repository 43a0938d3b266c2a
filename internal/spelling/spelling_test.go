package spelling

import "testing"

func TestClosest(t *testing.T) {
	choices := []string{"subject", "server", "skip-empty", "to", "cc", "from", "trace", "tls", "tls-ca"}
	for _, tt := range []struct{ word, want string }{
		{"subject", "subject"},
		{"subjct", "subject"},
		{"subejct", "subject"},
		{"suject", "subject"},
		{"sevrer", "server"},
		{"skipempty", "skip-empty"},
		{"form", "from"},
		{"tracee", "trace"},
		{"tsl", "tls"},
		{"tls_ca", "tls-ca"},
		{"too", "to"},
		{"xyzzy", ""},
		{"a", ""},
		{"", ""},
		{"attachments", ""},
	} {
		if got := Closest(tt.word, choices); got != tt.want {
			t.Errorf("Closest(%q) = %q, want %q", tt.word, got, tt.want)
		}
	}
}
