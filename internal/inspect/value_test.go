package inspect

import (
	"testing"

	"mailpipe/internal/message"
)

func TestValue(t *testing.T) {
	for _, tt := range []struct{ field, want string }{
		{"Subject: one\r\n\ttwo\r\n", "one two"},
		{"Subject: =?utf-8?q?=C3=A4?=\n =?utf-8?q?=C3=B6?= u\n", "\u00e4\u00f6 u"},
		{"Subject: =?utf-9?q?x?=\n", "=?utf-9?q?x?="},
		{"Subject: h\xe4\n", "h\xe4"},
		{"To: =?utf-8?q?Doe=2C_J=2E?= <j@example.org>,\n\tb@example.org\n", `"Doe, J." <j@example.org>, b@example.org`},
		{"To: \"Doe, J.\" <j@example.org>\n", `"Doe, J." <j@example.org>`},
		{"To: Team: a@example.org, =?utf-8?q?=C3=A4?= <b@example.org>;\n", "Team: a@example.org, \u00e4 <b@example.org>;"},
		{"Cc: undisclosed-recipients:;\n", "undisclosed-recipients:;"},
		{"From: no address\n", "no address"},
		{"From:\n", ""},
	} {
		for f := range message.NewHeader([]byte(tt.field), 1).Fields() {
			if got := Value(f); got != tt.want {
				t.Errorf("%q: %q, want %q", tt.field, got, tt.want)
			}
		}
	}
}
