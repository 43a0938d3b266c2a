package compose

import (
	"errors"
	"slices"
	"testing"
)

func TestParseAddress(t *testing.T) {
	for _, c := range []struct {
		in      string
		want    Address
		mailbox string
	}{
		{"bob@Example.org", Address{"", "bob", "example.org"}, "bob@example.org"},
		{"Zoë Doe <z@Bücher.example>", Address{"Zoë Doe", "z", "xn--bcher-kva.example"}, "z@xn--bcher-kva.example"},
		{`"Doe, J." <"j doe"@x>`, Address{"Doe, J.", "j doe", "x"}, `"j doe"@x`},
	} {
		got, err := ParseAddress(c.in)
		if err != nil || got != c.want || got.Mailbox() != c.mailbox {
			t.Errorf("%s is %+v, %v", c.in, got, err)
		}
		again, err := ParseAddress(got.String())
		if err != nil || again != got {
			t.Errorf("%s is read back as %+v, %v", got, again, err)
		}
	}
	list, err := ParseAddressList(`a@x, "Doe, J." <j@y>`)
	if want := []Address{{"", "a", "x"}, {"Doe, J.", "j", "y"}}; err != nil || !slices.Equal(list, want) {
		t.Errorf("%v, %v", list, err)
	}
}

func TestParseAddressRefuses(t *testing.T) {
	for _, in := range []string{"", "bob", "a@b, c@d", "a@b\r\nBcc: c@d"} {
		if _, err := ParseAddress(in); !errors.Is(err, ErrArgument) {
			t.Errorf("%q: %v", in, err)
		}
	}
	_, err := ParseAddressList("a@x, b")
	want := `invalid address "a@x, b": missing @ (a name that contains a comma must be quoted)`
	if !errors.Is(err, ErrArgument) || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	if s := (Address{}).String(); s != "" {
		t.Errorf("the zero Address is %q", s)
	}
}
