package config

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// In the directory of secrets of a container or of systemd, a file may be readable by
// others, also through links as Kubernetes makes them. No other file may.
func TestMountedSecret(t *testing.T) {
	dir, elsewhere := t.TempDir(), t.TempDir()
	t.Setenv("CREDENTIALS_DIRECTORY", dir)
	os.MkdirAll(filepath.Join(dir, "..2026_11_30", "sub"), 0o755)
	write := func(name string, mode os.FileMode) {
		os.WriteFile(name, []byte(password+"\r\n"), 0o600)
		os.Chmod(name, mode)
	}
	write(filepath.Join(dir, "plain"), 0o444)
	write(filepath.Join(dir, "group"), 0o440)
	write(filepath.Join(dir, "shared"), 0o646)
	write(filepath.Join(dir, "..2026_11_30", "linked"), 0o644)
	write(filepath.Join(elsewhere, "public"), 0o444)
	for name, to := range map[string]string{
		"..data": "..2026_11_30", "linked": "..data/linked", "out": elsewhere + "/public",
		"dotdot": "../" + filepath.Base(elsewhere) + "/public", "gone": "nowhere", "loop": "loop",
	} {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	os.Symlink(dir, filepath.Join(elsewhere, "in"))
	t.Chdir(dir)
	for _, tt := range []struct{ name, want string }{
		{filepath.Join(dir, "plain"), ""},
		{filepath.Join(dir, "group"), ""},
		{filepath.Join(dir, "linked"), ""},
		{filepath.Join(elsewhere, "in/plain"), ""},
		{"linked", ""},
		{"./..data/linked", ""},
		{"shared", "is accessible to other users (mode 0646)"},
		{"out", "is accessible to other users (mode 0444)"},
		{"dotdot", "is accessible to other users (mode 0444)"},
		{filepath.Join(elsewhere, "public"), "is accessible to other users (mode 0444)"},
		{dir + "/../" + filepath.Base(elsewhere) + "/public", "is accessible to other users (mode 0444)"},
		{"gone", "cannot read the password: no such file or directory"},
		{"loop", "cannot read the password: too many levels of symbolic links"},
		{"..data", "is a directory"},
		{dir, "is a directory"},
	} {
		got, err := ReadPasswordFile(tt.name)
		switch {
		case tt.want == "" && (err != nil || got != password):
			t.Errorf("%s: %q, %v", tt.name, got, err)
		case tt.want != "" && (err == nil || err.Error() != tt.name+": "+tt.want):
			t.Errorf("%s: got %v, want %s", tt.name, err, tt.want)
		}
	}
	// A secret of root must stay readable by others.
	_, err := ReadPasswordFile("shared")
	if e, ok := errors.AsType[*SecretError](err); !ok || e.Fix != "chmod go-w shared" {
		t.Errorf("the fix is %#v", err)
	}
	for _, other := range []string{"", ".", elsewhere, dir[:len(dir)-1]} {
		t.Setenv("CREDENTIALS_DIRECTORY", other)
		if got, err := ReadPasswordFile(filepath.Join(dir, "plain")); err == nil {
			t.Errorf("$CREDENTIALS_DIRECTORY is %q: %q", other, got)
		}
	}
}
