package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mailpipe/internal/shell"
)

const password = "hunter2 & co"

func TestPasswordFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "it's")
	for _, tt := range []struct {
		text string
		mode os.FileMode
		want string // the error; empty if the password is right
		fix  string // without the name of the file
	}{
		{password, 0o600, "", ""},
		{password + "\n", 0o400, "", ""},
		{password + "\r\nuser: bob\n", 0o600, "", ""},
		{"\ufeff" + password + "\r\n", 0o600, "", ""},
		{"\ufeff\r\n", 0o600, "no password in the first line", ""},
		{password, 0o604, "is accessible to other users (mode 0604)", "chmod 600 "},
		{password, 0o640, "is accessible to other users (mode 0640)", "chmod 600 "},
		{password, 0o602, "is accessible to other users (mode 0602)", "chmod 600 "},
		{"", 0o600, "no password in the first line", ""},
		{"\n" + password, 0o600, "no password in the first line", ""},
		{password + "\x00", 0o600, "the password contains NUL or a line ending", ""},
		{password + "\rx", 0o600, "the password contains NUL or a line ending", ""},
		{strings.Repeat("x", maxPassword+1), 0o600, "too large: over 64 KiB", ""},
	} {
		os.Remove(name)
		if err := os.WriteFile(name, []byte(tt.text), 0o600); err != nil {
			t.Fatal(err)
		}
		os.Chmod(name, tt.mode)
		got, err := ReadPasswordFile(name)
		if tt.want == "" {
			if err != nil || got != password {
				t.Errorf("%q %o: %q %v", tt.text, tt.mode, got, err)
			}
			continue
		}
		var e *SecretError
		if !errors.As(err, &e) || err.Error() != name+": "+tt.want || strings.Contains(err.Error(), password) {
			t.Errorf("%q %o: got %v, want %s", tt.text, tt.mode, err, tt.want)
			continue
		}
		if tt.fix != "" && e.Fix != tt.fix+shell.File(name) {
			t.Errorf("%q %o: the fix is %s", tt.text, tt.mode, e.Fix)
		}
	}
}

func TestPasswordFileRefused(t *testing.T) {
	dir := t.TempDir()
	if _, err := ReadPasswordFile(dir); err == nil || !strings.HasSuffix(err.Error(), ": is a directory") {
		t.Errorf("directory: %v", err)
	}
	if _, err := ReadPasswordFile(filepath.Join(dir, "x")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
	var e *SecretError
	_, err := ReadPasswordFile(os.DevNull)
	if !errors.As(err, &e) || e.Reason != "is a device" || e.Fix != "" {
		t.Errorf("device: %v", err)
	}
	if os.Geteuid() != 0 {
		return
	}
	name := filepath.Join(dir, "other")
	os.WriteFile(name, []byte(password), 0o600)
	os.Chown(name, 12345, 0)
	_, err = ReadPasswordFile(name)
	const want = "belongs to user 12345, not to user 0, who runs mailpipe"
	if !errors.As(err, &e) || e.Reason != want || !strings.HasPrefix(e.Fix, "chown 0 ") {
		t.Errorf("file of another user: %v", err)
	}
}

// A file that would be refused is found before a server is connected to.
func TestCheckPasswordFile(t *testing.T) {
	private, public := filepath.Join(t.TempDir(), "pw"), filepath.Join(t.TempDir(), "public")
	os.WriteFile(private, nil, 0o600)
	os.WriteFile(public, nil, 0o600)
	os.Chmod(public, 0o644)
	fifo := mkfifo(t)
	const missing = "/nowhere: cannot read the password: no such file or directory"
	for _, tt := range []struct{ server, file, flag, variable, want string }{
		{"bob@h", private, "", "", ""},
		{"bob@h", fifo, "", "", ""}, // is not opened
		{"bob@h", "/nowhere", "", "", missing},
		{"bob@h", private + "/x", "", "", private + "/x: cannot read the password: not a directory"},
		{"bob@h", public, "", "", public + ": is accessible to other users (mode 0644)"},
		{"bob@h", "/", "", "", "/: is a directory"},
		{"h", "/nowhere", "", "", ""},                            // no login
		{"bob@h", "/nowhere", "", "hunter2", ""},                 // the variable wins
		{"bob@h", "/nowhere", "password-command=echo x", "", ""}, // the flag wins
		{"bob@h", private, "password-file=/nowhere", "hunter2", missing},
	} {
		given := flags()
		if tt.flag != "" {
			given = flags(tt.flag)
		}
		account := "[accounts.a]\nserver = \"smtp://" + tt.server + "\"\npassword_file = \"" + tt.file + "\"\n"
		s, err := settle(t, account, given, env(PasswordVariable, tt.variable), "a")
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if err := s.CheckPasswordFile(); err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%+v: %q", tt, got)
		}
	}
}
