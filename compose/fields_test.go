package compose

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// TestAddressFields holds that a field of the user's own that holds addresses
// stays one: no reader finds an address inside an encoded word.
func TestAddressFields(t *testing.T) {
	for _, test := range []struct {
		field Field
		want  string // empty: refused
	}{
		{Field{"Sender", "Zoë <z@exämple.org>"}, "Sender: =?utf-8?Q?Zo=C3=AB?= <z@xn--exmple-cua.org>\n"},
		{Field{"errors-to", "a@Bücher.example, \"Doe, J.\" <j@x>"}, "errors-to: a@xn--bcher-kva.example, \"Doe, J.\" <j@x>\n"},
		{Field{"X-Sender", "Zoë"}, "X-Sender: =?utf-8?Q?Zo=C3=AB?=\n"},
		{Field{"Sender", "Zoë"}, ""},
		{Field{"Resent-To", ""}, ""},
	} {
		m := &Message{From: Address{Local: "a", Domain: "b"}, Header: []Field{test.field}}
		header, err := m.header("\n", "id@b", time.Unix(0, 0))
		if wrong := m.Check(); wrong != nil {
			err = wrong
		}
		switch {
		case test.want == "" && !errors.Is(err, ErrArgument):
			t.Errorf("%v: %v", test.field, err)
		case test.want != "" && !strings.Contains(string(header), "\n"+test.want):
			t.Errorf("%v: %v\n%s", test.field, err, header)
		}
	}
}
