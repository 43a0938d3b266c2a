package config

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

const password = "hunter2 & co"

// O02: the password file is for nobody else.
func TestPasswordFile(t *testing.T) {
	folder := t.TempDir()
	name := filepath.Join(folder, "it's")
	for _, test := range []struct {
		text string
		mode os.FileMode
		want string // of the error; empty: the password is right
		fix  string
	}{
		{password, 0o600, "", ""},
		{password + "\n", 0o400, "", ""},
		{password + "\r\nuser: bob\n", 0o600, "", ""},
		{"\ufeff" + password + "\r\n", 0o600, "", ""},
		{"\ufeff\r\n", 0o600, "contains no password", ""},
		{password, 0o604, "is accessible to other users (mode 0604)", "chmod 600 "},
		{password, 0o640, "is accessible to other users (mode 0640)", "chmod 600 "},
		{password, 0o602, "is accessible to other users (mode 0602)", "chmod 600 "},
		{"", 0o600, "contains no password", ""},
		{"\n" + password, 0o600, "contains no password", ""},
		{password + "\x00", 0o600, "the password contains NUL or a line ending", ""},
		{password + "\rx", 0o600, "the password contains NUL or a line ending", ""},
		{strings.Repeat("x", maxPassword+1), 0o600, "too large: over 64 KiB", ""},
	} {
		os.Remove(name)
		if err := os.WriteFile(name, []byte(test.text), 0o600); err != nil {
			t.Fatal(err)
		}
		os.Chmod(name, test.mode)
		got, err := readPasswordFile(name)
		if test.want == "" {
			if err != nil || got != password {
				t.Errorf("%q %o: %q %v", test.text, test.mode, got, err)
			}
			continue
		}
		var e *SecretError
		if !errors.As(err, &e) || err.Error() != name+": "+test.want || strings.Contains(err.Error(), password) {
			t.Errorf("%q %o: got %v, want %s", test.text, test.mode, err, test.want)
		} else if test.fix != "" && e.Fix != test.fix+"'"+strings.ReplaceAll(name, "'", `'\''`)+"'" {
			t.Errorf("fix: %s", e.Fix)
		}
	}
	if _, err := readPasswordFile(folder); err == nil || !strings.HasSuffix(err.Error(), "is a directory") {
		t.Error(err)
	}
	var device *SecretError
	if _, err := readPasswordFile(os.DevNull); !errors.As(err, &device) || device.Reason != "is a device" || device.Fix != "" {
		t.Error(err)
	}
	if _, err := readPasswordFile(name + "x"); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	if os.Geteuid() == 0 {
		os.Chmod(name, 0o600)
		os.Chown(name, 12345, 0)
		var e *SecretError
		_, err := readPasswordFile(name)
		if !errors.As(err, &e) || e.Reason != "belongs to user 12345, not to user 0, who runs mailpipe" || !strings.HasPrefix(e.Fix, "chown 0 ") {
			t.Errorf("another's: %v", err)
		}
	}
}

// O03, O05: the password command sees neither standard input nor the password, and ends well.
func TestPasswordCommand(t *testing.T) {
	t.Setenv(PasswordVariable, password)
	t.Setenv("MAILPIPE_OTHER", "x")
	for _, test := range []struct{ command, want, wrong string }{
		{"echo hunter2", "hunter2", ""},
		{"printf 'hunter2\\nuser: bob\\n'", "hunter2", ""},
		{"printf 'hunter2\\r\\n'", "hunter2", ""},
		{"cat; echo eof", "eof", ""}, // standard input is /dev/null
		{"env | grep -c PASSWORD; true", "0", ""},
		{"echo $MAILPIPE_OTHER", "x", ""},
		{"echo hunter2; exit 3", "", "password command echo [hidden]: failed: exit status 3"},
		{"echo hunter2; kill -9 $$", "", "password command echo [hidden]: failed: signal: killed"},
		{"false", "", "password command false: failed: exit status 1"},
		{"no-such-program hunter2", "", "password command no-such-program [hidden]: failed: exit status 127"},
		{"P=hunter2 false", "", "password command [hidden]: failed: exit status 1"},
		{"true", "", "password command true: contains no password"},
		{"yes hunter2", "", "password command yes [hidden]: too large: over 64 KiB"},
		{"head -c 70000 /dev/zero", "", "password command head [hidden]: too large: over 64 KiB"},
		{"printf 'a\\0b'", "", "password command printf [hidden]: the password contains NUL or a line ending"},
	} {
		var stderr bytes.Buffer
		got, err := runPasswordCommand(test.command, time.Minute, &stderr)
		if test.wrong == "" {
			if err != nil || got != test.want {
				t.Errorf("%s: %q %v", test.command, got, err)
			}
			continue
		}
		var e *SecretError
		if !errors.As(err, &e) || err.Error() != test.wrong {
			t.Errorf("%s: got %v, want %s", test.command, err, test.wrong)
		}
		if got != "" {
			t.Errorf("%s: a password comes with the error", test.command)
		}
	}
	var stderr bytes.Buffer
	runPasswordCommand("echo locked >&2; false", time.Minute, &stderr)
	if stderr.String() != "locked\n" {
		t.Errorf("standard error: %q", stderr.String())
	}
}

// A grandchild that goes on, and so keeps the pipe open, is not waited for.
func TestPasswordCommandLeavesAChild(t *testing.T) {
	pid := filepath.Join(t.TempDir(), "pid")
	got, err := runPasswordCommand("echo hunter2; sleep 600 & echo $! >"+pid, time.Minute, nil)
	text, _ := os.ReadFile(pid)
	if n, atoi := strconv.Atoi(strings.TrimSpace(string(text))); atoi != nil || syscall.Kill(n, syscall.SIGKILL) != nil {
		t.Errorf("the child %q is gone", text)
	}
	if got != "hunter2" || err != nil {
		t.Error(got, err)
	}
}

// A command that hangs is ended, and what it printed before is no password.
func TestPasswordCommandHangs(t *testing.T) {
	start := time.Now()
	got, err := runPasswordCommand("echo hunter2; exec sleep 600", time.Second/10, nil)
	var e *SecretError
	if !errors.As(err, &e) || err.Error() != "password command echo [hidden]: did not end within 100ms" || got != "" {
		t.Error(got, err)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
}

// O05: the password is left out of the environment.
func TestChildEnv(t *testing.T) {
	got := withoutPasswordVariable([]string{"A=1", PasswordVariable + "=x", PasswordVariable + "S=2", "B"})
	if fmt.Sprint(got) != "[A=1 MAILPIPE_PASSWORDS=2 B]" {
		t.Error(got)
	}
}

// The password comes from the highest that has one.
func TestPasswordOrder(t *testing.T) {
	home := t.TempDir()
	file := filepath.Join(home, "pw")
	os.WriteFile(file, []byte("of the file\n"), 0o600)
	os.WriteFile(filepath.Join(home, ".netrc"), []byte("machine h login bob password netrc\n"), 0o600)
	account := "[accounts.a]\nserver = \"h\"\nuser = \"bob\"\n"
	for _, test := range []struct {
		account, flag, variable, want string
	}{
		{"", "", "", "netrc"},
		{"", "user=al", "", ""},
		{"password_command = \"echo account\"", "", "", "account"},
		{"password_file = \"~/pw\"", "", "", "of the file"},
		{"password_command = \"echo account\"", "", "env", "env"},
		{"password_command = \"echo account\"", "password-file=" + file, "env", "of the file"},
		{"password_file = \"~/pw\"", "password-command=echo flag", "env", "flag"},
		{"", "password-command=false", "env", ""},
	} {
		flag := flags()
		if test.flag != "" {
			flag = flags(test.flag)
		}
		s, err := settle(t, account+test.account, flag, env("HOME", home, PasswordVariable, test.variable), "a")
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Login(s.Servers[0], nil).Secret()
		if got != test.want || (err == nil) != (test.want != "") {
			t.Errorf("%+v: %q %v", test, got, err)
		}
		if test.flag == "user=al" && (!errors.Is(err, ErrNoPassword) || err.Error() != `no password found for "al"`) {
			t.Error(err)
		}
	}
}

// However many connections there are, the command runs once.
func TestPasswordOnce(t *testing.T) {
	count := filepath.Join(t.TempDir(), "count")
	s, err := Settle(flags("server=h", "server=h:587", "user=bob", "password-command=echo x | tee -a "+count), env(), Choice{})
	if err != nil {
		t.Fatal(err)
	}
	for _, server := range s.Servers {
		if got, err := s.Login(server, nil).Secret(); got != "x" || err != nil {
			t.Fatal(got, err)
		}
	}
	if runs, _ := os.ReadFile(count); string(runs) != "x\n" {
		t.Errorf("ran %q", runs)
	}
}

func TestNetrc(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"machine h login bob password x", "x"},
		{"machine h\n\tlogin bob\r\n\tpassword x\n", "x"},
		{"MACHINE H LOGIN bob PASSWORD x", "x"},
		{"machine h user bob passwd x", "x"},
		{"machine h password x login bob", "x"},
		{"machine h account a login bob password x", "x"},
		{"machine h password x", "x"}, // anybody's
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
		{"macdef m\nmachine h login bob password y\n\nmachine h login bob password x", "x"},
		{"machine h login bob password x macdef init\ncd /\npassword y\n\n", "x"},
		{"macdef m\r\npassword y\r\n\r\nmachine h login bob password x", "x"},
		{"", ""},
		{"machine", ""},
		{"machine h login", ""},
		{"machine h login bob password", ""},
	} {
		got, ok := lookUpNetrc(test.text, "h", "bob")
		if got != test.want || !ok && test.want != "" {
			t.Errorf("%q: %q %v, want %q", test.text, got, ok, test.want)
		}
	}
}

func TestNetrcFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), ".netrc")
	if _, err := readNetrc(name, "h", "bob"); !errors.Is(err, ErrNoPassword) {
		t.Error(err)
	}
	os.WriteFile(name, []byte("machine h login bob password hunter2"), 0o644)
	var e *SecretError
	if _, err := readNetrc(name, "h", "bob"); !errors.As(err, &e) || e.Fix != "chmod 600 "+name || strings.Contains(err.Error(), "hunter2") {
		t.Error(err)
	}
	if _, err := readNetrc(name, "other", "bob"); !errors.Is(err, ErrNoPassword) { // what we do not use may be as it is
		t.Error(err)
	}
	os.Chmod(name, 0o600)
	if got, err := readNetrc(name, "h", "bob"); got != "hunter2" || err != nil {
		t.Error(got, err)
	}
}

// Where the password would come from is told, and not what it is.
func TestNetrcIsListed(t *testing.T) {
	home := t.TempDir()
	name := filepath.Join(home, ".netrc")
	os.WriteFile(name, []byte("machine h login bob password hunter2"), 0o600)
	for _, test := range []struct {
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
		s, err := Settle(flags(test.flags...), env("HOME", home), Choice{})
		if err != nil {
			t.Fatal(err)
		}
		if got := listed(s); strings.Contains(got, "password=[hidden] "+name+"\n") != test.want || strings.Contains(got, "hunter2") {
			t.Errorf("%v:\n%s", test.flags, got)
		}
	}
}

func FuzzNetrc(f *testing.F) {
	f.Add("machine h login bob password x macdef m\n\ndefault", "a\"b")
	f.Fuzz(func(t *testing.T, text, secret string) {
		lookUpNetrc(text, "h", "bob")
		if !strings.Contains(secret, "\n") { // lines that begin with # are comments
			quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(secret)
			got, ok := lookUpNetrc("machine h login bob password \""+quoted+"\"\n"+text, "h", "bob")
			if !ok || got != secret {
				// A later word of the same entry may set another.
				if rest := strings.ToLower(text); !strings.Contains(rest, "login") && !strings.Contains(rest, "user") && !strings.Contains(rest, "passw") {
					t.Fatalf("%q: %q", secret, got)
				}
			}
		}
	})
}
