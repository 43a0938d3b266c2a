package config

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"mailpipe/internal/shell"
	"mailpipe/internal/testservers"
)

func TestUntrustedFile(t *testing.T) {
	testservers.NeedRoot(t)
	for _, tt := range []struct {
		mode     os.FileMode
		uid, gid int
		want     string // the error; empty if the file is read
		fix      string // without the name of the file
	}{
		{0o600, 0, 0, "", ""},
		{0o644, 0, 12345, "", ""},
		{0o444, 0, 0, "", ""},
		{0o664, 0, 0, "", ""}, // root is alone in its group
		{0o600, 12345, 0, "belongs to user 12345, not to user 0, who runs mailpipe", "chown 0 "},
		{0o644, 12345, 12345, "belongs to user 12345, not to user 0, who runs mailpipe", "chown 0 "},
		{0o646, 0, 0, "can be written by other users (mode 0646)", "chmod go-w "},
		{0o602, 0, 0, "can be written by other users (mode 0602)", "chmod go-w "},
		{0o664, 0, 12345, "can be written by other users (mode 0664)", "chmod go-w "}, // a group without members
		{0o620, 0, 12345, "can be written by other users (mode 0620)", "chmod go-w "},
	} {
		name := write(t, "[accounts.a]\npassword_command = \"id\"\n")
		if err := errors.Join(os.Chown(name, tt.uid, tt.gid), os.Chmod(name, tt.mode)); err != nil {
			t.Fatal(err)
		}
		link := filepath.Join(t.TempDir(), "link")
		if err := os.Symlink(name, link); err != nil {
			t.Fatal(err)
		}
		for _, named := range []string{name, link} {
			_, err := Load(named, env())
			if tt.want == "" && err == nil {
				continue
			}
			var e *SettingError
			if !errors.As(err, &e) || !e.InFile() || err.Error() != named+": "+tt.want {
				t.Errorf("%+v: got %v", tt, err)
				continue
			}
			if want := tt.fix + shell.File(named); e.Fix != want {
				t.Errorf("%+v: the fix is %s, want %s", tt, e.Fix, want)
			}
		}
	}
}

func TestUntrustedDefaultFile(t *testing.T) {
	home := t.TempDir()
	name := filepath.Join(home, "mailpipe", "config.toml")
	os.Mkdir(filepath.Dir(name), 0o700)
	os.WriteFile(name, nil, 0o600)
	os.Chmod(name, 0o666)
	_, err := Load("", env("XDG_CONFIG_HOME", home))
	if err == nil || err.Error() != name+": can be written by other users (mode 0666)" {
		t.Errorf("got %v", err)
	}
}

func TestGroupMembers(t *testing.T) {
	const users = `root:x:0:0:root:/root:/bin/sh
bob:x:1000:1000::/home/bob:/bin/sh
al:x:1001:100::/home/al:/bin/sh
short:x
`
	const groups = `root:x:0:
users:x:100:
bob:x:1000:
mail:x:8:bob
wheel:x:10:root,bob
both:x:11:al,bob
gone:x:12:carol
empty:x:13:
`
	for _, tt := range []struct{ gid, want string }{
		{"0", "0"},
		{"1000", "1000"},
		{"100", "1001"},
		{"8", "1000"},
		{"10", "0 1000"},
		{"11", "1001 1000"},
		{"12", ""}, // one member without an id
		{"13", ""},
		{"14", ""},
	} {
		got := groupMembers(users, groups, tt.gid)
		if strings.Join(got, " ") != tt.want || (tt.gid == "12") != (len(got) == 1 && got[0] == "") {
			t.Errorf("group %s: %q, want %q", tt.gid, got, tt.want)
		}
	}
}

func TestLargeFile(t *testing.T) {
	comment := "#" + strings.Repeat("x", maxConfig-2) + "\n"
	if _, err := Load(write(t, comment), env()); err != nil {
		t.Errorf("1 MiB: %v", err)
	}
	for _, name := range []string{write(t, comment+"\n"), "/dev/zero"} {
		_, err := Load(name, env())
		var e *SettingError
		if !errors.As(err, &e) || !e.InFile() || err.Error() != name+": too large: over 1 MiB" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Load(os.DevNull, env()); err != nil {
		t.Errorf("%s: %v", os.DevNull, err)
	}
}

// A directory is refused as one, whoever can write it: no chmod would help.
func TestDirectory(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(dir, env()); !errors.Is(err, syscall.EISDIR) {
		t.Errorf("got %v, want %v", err, syscall.EISDIR)
	}
}

// shorten sets waitLimit for a test.
func shorten(t *testing.T, limit time.Duration) {
	before := waitLimit
	waitLimit = limit
	t.Cleanup(func() { waitLimit = before })
}

func mkfifo(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "fifo")
	if err := exec.Command("mkfifo", "-m", "600", name).Run(); err != nil {
		t.Fatal(err)
	}
	return name
}

// A FIFO without a writer is an error, wherever a file may be named.
func TestFIFOWithoutWriter(t *testing.T) {
	shorten(t, time.Second/20)
	for _, tt := range []struct {
		what string
		read func(name string) error
	}{
		{"config", func(name string) error {
			_, err := Load(name, env())
			return err
		}},
		{"password file", func(name string) error {
			_, err := ReadPasswordFile(name)
			return err
		}},
		{"netrc", func(name string) error {
			_, err := readNetrc(name, "h", "bob")
			return err
		}},
		{"tls-ca", func(name string) error {
			_, err := tlsConfig(t, "tls-ca="+name)
			return err
		}},
		{"tls-cert", func(name string) error {
			_, err := tlsConfig(t, "tls-cert="+name)
			return err
		}},
	} {
		err := tt.read(mkfifo(t))
		if err == nil || !strings.HasSuffix(err.Error(), ": not written within 50ms") {
			t.Errorf("%s: %v", tt.what, err)
		}
	}
}

func TestFIFO(t *testing.T) {
	name := mkfifo(t)
	go os.WriteFile(name, []byte("hunter2\n"), 0o600)
	got, err := ReadPasswordFile(name)
	if err != nil || got != "hunter2" {
		t.Errorf("got %q, %v", got, err)
	}
}
