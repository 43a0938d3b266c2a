package advice

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"mailpipe/internal/address"
	"mailpipe/internal/config"
	"mailpipe/internal/message"
)

func TestFor(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want string
	}{
		{&config.SecretError{Fix: "chmod 600 x"}, "chmod 600 x"},
		{&config.SecretError{Err: config.ErrNoPassword}, "give it with --password-command"},
		{&config.SettingError{Fix: "leave out --tls"}, "leave out --tls"},
		{&message.Error{Kind: message.ErrCutOff}, "--allow-truncated"},
		{&message.Error{Kind: message.ErrAddress, Err: &address.Error{}}, "name the recipients as operands"},
		{errors.New("unexpected"), ""},
		{nil, ""},
	} {
		got := For(fmt.Errorf("x: %w", tt.err))
		if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
			t.Errorf("%v: %q, want %q", tt.err, got, tt.want)
		}
	}
}

func TestRows(t *testing.T) {
	for _, row := range byError {
		if got := For(fmt.Errorf("x: %w", row.err)); got != row.hint {
			t.Errorf("%v: %q, want %q", row.err, got, row.hint)
		}
	}
}
