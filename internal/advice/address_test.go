package advice

import (
	"os"
	"testing"
)

func TestRecipientOperand(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"mail", "my mail", "-f"} {
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct{ value, want string }{
		{"mail", "redirect the message to standard input: <mail"},
		{"my mail", "redirect the message to standard input: <'my mail'"},
		{"-f", "redirect the message to standard input: <./-f"},
		{"", "check that the variable is set: the value is empty"},
		{"-s", "check that the variable is set: a flag is in place of the value"},
		{"root", "to mail a user of this host, use root@localhost: aliases are not looked up"},
		{"Bob", ""},
		{"$(id)", ""},
		{"bob@", ""},
	} {
		if got := RecipientOperand(tt.value); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.value, got, tt.want)
		}
	}
}
