package compose

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// A field of Message.Header that contains addresses is written as an address
// list: readers find no address in an encoded word.
func TestAddressFields(t *testing.T) {
	for _, c := range []struct {
		field Field
		want  string // empty means refused
	}{
		{Field{"Sender", "Zoë <z@exämple.org>"}, "Sender: =?utf-8?Q?Zo=C3=AB?= <z@xn--exmple-cua.org>\n"},
		{
			Field{"errors-to", `a@Bücher.example, "Doe, J." <j@x>`},
			`errors-to: a@xn--bcher-kva.example, "Doe, J." <j@x>` + "\n",
		},
		{Field{"X-Sender", "Zoë"}, "X-Sender: =?utf-8?Q?Zo=C3=AB?=\n"},
		{Field{"Sender", "Zoë"}, ""},
		{Field{"Resent-To", ""}, ""},
	} {
		m := &Message{From: Address{Local: "a", Domain: "b"}, Header: []Field{c.field}}
		header, err := m.header("\n", "id@b", time.Unix(0, 0))
		if refused := m.Check(); refused != nil {
			err = refused
		}
		switch {
		case c.want == "" && !errors.Is(err, ErrArgument):
			t.Errorf("%v: %v, want ErrArgument", c.field, err)
		case c.want != "" && (err != nil || !strings.Contains(header, "\n"+c.want)):
			t.Errorf("%v: %v, the header is\n%s", c.field, err, header)
		}
	}
}
