package config

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// The password comes from the highest layer that has one.
func TestPasswordOrder(t *testing.T) {
	home := t.TempDir()
	file := filepath.Join(home, "pw")
	os.WriteFile(file, []byte("of the file\n"), 0o600)
	os.WriteFile(filepath.Join(home, ".netrc"), []byte("machine h login bob password netrc\n"), 0o600)
	const account = "[accounts.a]\nserver = \"h\"\nuser = \"bob\"\n"
	for _, tt := range []struct{ account, flag, variable, want string }{
		{"", "", "", "netrc"},
		{"", "user=al", "", ""},
		{"password_command = \"echo account\"", "", "", "account"},
		{"password_file = \"~/pw\"", "", "", "of the file"},
		{"password_command = \"echo account\"", "", "env", "env"},
		{"password_command = \"echo account\"", "password-file=" + file, "env", "of the file"},
		{"password_file = \"~/pw\"", "password-command=echo flag", "env", "flag"},
		{"", "password-command=false", "env", ""},
	} {
		given := flags()
		if tt.flag != "" {
			given = flags(tt.flag)
		}
		s, err := settle(t, account+tt.account, given, env("HOME", home, PasswordVariable, tt.variable), "a")
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Login(s.Servers[0], nil).Secret()
		if got != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("%+v: %q %v", tt, got, err)
		}
		if tt.flag == "user=al" && (!errors.Is(err, ErrNoPassword) || err.Error() != `no password found for "al"`) {
			t.Errorf("%+v: %v", tt, err)
		}
	}
}

// The command runs once, however many connections there are.
func TestPasswordOnce(t *testing.T) {
	count := filepath.Join(t.TempDir(), "count")
	given := flags("server=h", "server=h:587", "user=bob", "password-command=echo x | tee -a "+count)
	s, err := Settle(given, env(), Choice{})
	if err != nil {
		t.Fatal(err)
	}
	for _, server := range s.Servers {
		if got, err := s.Login(server, nil).Secret(); got != "x" || err != nil {
			t.Fatalf("got %q, %v", got, err)
		}
	}
	if runs, _ := os.ReadFile(count); string(runs) != "x\n" {
		t.Errorf("the runs wrote %q", runs)
	}
}

func TestUser(t *testing.T) {
	for _, tt := range []struct {
		text  string // of the account
		flags []string
		want  string
	}{
		{"", []string{"server=smtp://url@h"}, "url"},
		{"", []string{"server=smtp://url@h", "user=flag"}, "flag"},
		{"server = \"smtp://url@h\"\nuser = \"key\"", nil, "key"},
		{"server = \"smtp://url@h\"", []string{"user=flag"}, "flag"},
		{"server = \"smtp://url@h\"", nil, "url"},
		{"server = \"h\"\nuser = \"key\"", []string{"server=smtp://url@h"}, "url"},
	} {
		s, err := settle(t, "[accounts.a]\n"+tt.text, flags(tt.flags...), env(), "a")
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Login(s.Servers[0], nil); got == nil || got.User != tt.want {
			t.Errorf("%+v: %+v", tt, got)
		}
	}
}
