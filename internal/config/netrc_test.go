package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestNetrc(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"machine h login bob password x", "x"},
		{"machine h\n\tlogin bob\r\n\tpassword x\n", "x"},
		{"MACHINE H LOGIN bob PASSWORD x", "x"},
		{"machine h user bob passwd x", "x"},
		{"machine h password x login bob", "x"},
		{"machine h account a login bob password x", "x"},
		{"machine h password x", "x"}, // for any user
		{"machine h login al password y machine h login bob password x", "x"},
		{"machine g login bob password y machine h login bob password x", "x"},
		{"machine h login bob password x machine h login bob password y", "x"},
		{"machine h login bob\nmachine h login bob password x", "x"},
		{"machine g login bob password y default login bob password x", "x"},
		{"default login al password y", ""},
		{"default password x", "x"},
		{"machine h login Bob password y", ""},
		{"machine hh login bob password y", ""},
		{"login bob password y", ""},
		{"machine h login bob", ""},
		{`machine h login bob password "a b"`, "a b"},
		{`machine h login "bob" password "a\"\\b\tc\qd"`, "a\"\\b\tcqd"},
		{`machine "h" login bob password x`, "x"},
		{`machine h login bob password a"b`, `a"b`},
		{`machine h login bob password "a`, ""},
		{`machine h login bob password machine`, "machine"},
		{`machine h login password password x`, ""},
		{`machine h login bob password #x`, "#x"},
		{"# machine h login bob password y\n  # too\nmachine h login bob password x", "x"},
		{"machine h # mine\nlogin bob password x", "x"},
		{"machine h login bob password x # old password\nmachine g login bob password y", "x"},
		{"machine h login bob password x #password\nmachine g login bob password y", "x"},
		{"machine h login bob password a#b", "a#b"},
		{"machine h login bob password\n\tx", "x"},
		{"machine h login bob password\nmachine g login bob password y", ""},
		{"machine h password x login\nmachine g login bob password y", "x"},
		{"machine\nmachine h login bob password x", "x"},
		{"machine h login bob password\ndefault password x", "x"},
		{"machine h login bob password x password y", "x"},
		// Several logins for one machine.
		{"machine h login al password y login bob password x", "x"},
		{"machine h login bob password x login al password y", "x"},
		{"machine h user al passwd y user bob passwd x", "x"},
		{"machine h\n\tlogin al\n\tpassword y\n\tlogin bob\n\tpassword x\n", "x"},
		{"machine h login al password y account a login bob password x", "x"},
		{"machine h login al password y login cy password z login bob password x", "x"},
		{"machine h login al login bob password x", "x"},
		{"machine h login bob login al password y", ""},
		{"machine h login al password y login bob", ""},
		{"machine h login bob password x login bob password y", "x"},
		{"machine h password y login al password x login bob", ""},
		{"machine g login al password y login bob password z machine h login bob password x", "x"},
		{"machine g login al password y login bob password z", ""},
		{"default login al password y login bob password x", "x"},
		{"macdef m\nmachine h login bob password y\n\nmachine h login bob password x", "x"},
		{"machine h login bob password x macdef init\ncd /\npassword y\n\n", "x"},
		{"macdef m\r\npassword y\r\n\r\nmachine h login bob password x", "x"},
		{"", ""},
		{"machine", ""},
		{"machine h login", ""},
		{"machine h login bob password", ""},
	} {
		got, ok := lookUpNetrc(tt.text, "h", "bob")
		if got != tt.want || !ok && tt.want != "" {
			t.Errorf("%q: %q %v, want %q", tt.text, got, ok, tt.want)
		}
	}
}

func TestNetrcFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), ".netrc")
	if _, err := readNetrc(name, "h", "bob"); !errors.Is(err, ErrNoPassword) {
		t.Errorf("missing file: %v", err)
	}
	os.WriteFile(name, []byte("machine h login bob password hunter2"), 0o644)
	var e *SecretError
	_, err := readNetrc(name, "h", "bob")
	if !errors.As(err, &e) || e.Fix != "chmod 600 "+name || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("mode 644: %v", err)
	}
	// The mode does not matter if the password is not used.
	if _, err := readNetrc(name, "other", "bob"); !errors.Is(err, ErrNoPassword) {
		t.Errorf("another machine: %v", err)
	}
	os.Chmod(name, 0o600)
	if got, err := readNetrc(name, "h", "bob"); got != "hunter2" || err != nil {
		t.Errorf("mode 600: %q %v", got, err)
	}
}

// The list shows that the password is in ~/.netrc, but not the password.
func TestNetrcIsListed(t *testing.T) {
	home := t.TempDir()
	name := filepath.Join(home, ".netrc")
	os.WriteFile(name, []byte("machine h login bob password hunter2"), 0o600)
	for _, tt := range []struct {
		flags []string
		want  bool
	}{
		{[]string{"server=h", "user=bob"}, true},
		{[]string{"server=smtps://bob@h"}, true},
		{[]string{"server=h"}, false},
		{[]string{"server=g", "user=bob"}, false},
		{[]string{"server=h", "user=bob", "password-command=x"}, false},
		{[]string{"server=h", "user=bob", "password-file=x"}, false},
	} {
		s, err := Settle(flags(tt.flags...), env("HOME", home), Choice{})
		if err != nil {
			t.Fatal(err)
		}
		got := listed(s)
		if strings.Contains(got, "password=[hidden] "+name+"\n") != tt.want || strings.Contains(got, "hunter2") {
			t.Errorf("%v:\n%s", tt.flags, got)
		}
	}
}

func FuzzNetrc(f *testing.F) {
	f.Add("machine h login bob password x macdef m\n\ndefault", "a\"b")
	f.Fuzz(func(t *testing.T, text, secret string) {
		lookUpNetrc(text, "h", "bob") // must not panic
		if strings.Contains(secret, "\n") {
			return // a line that begins with # is a comment
		}
		lower := strings.ToLower(text)
		if strings.Contains(lower, "login") || strings.Contains(lower, "user") || strings.Contains(lower, "passw") {
			return // the words may belong to the same entry
		}
		quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(secret)
		got, ok := lookUpNetrc("machine h login bob password \""+quoted+"\"\n"+text, "h", "bob")
		if !ok || got != secret {
			t.Fatalf("%q: got %q", secret, got)
		}
	})
}
