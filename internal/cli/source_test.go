package cli

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
)

func TestIsFullName(t *testing.T) {
	for host, want := range map[string]bool{
		"mail.example.org": true, "a-1.b": true, "A.B": true,
		"": false, "localhost": false, "a.": false, ".a": false, "a..b": false, "my_host.example.org": false,
		"-a.b": false, "a.b-": false, "bücher.example": false, "a b.c": false,
	} {
		if got := isFullName(host); got != want {
			t.Errorf("%q: %v", host, got)
		}
	}
}

// TestStandardInput holds that a regular file gives what it held when it was
// looked at, from where it stood.
func TestStandardInput(t *testing.T) {
	name := filepath.Join(t.TempDir(), "input")
	open := func(content string, at int64) stdin {
		t.Helper()
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		if _, err := f.Seek(at, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		c := &call{Env: &Env{Stdin: f}}
		return c.standardInput()
	}
	in := open("line\ntext\n", 5)
	if err := iotest.TestReader(in, []byte("text\n")); err != nil || in.size != 5 {
		t.Error(in.size, err)
	}
	in = open("one\n", 0)
	if err := os.WriteFile(name, []byte("one\ntwo\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(in); string(got) != "one\n" || err != nil {
		t.Errorf("grown: %q, %v", got, err)
	}
	in = open("one\ntwo\n", 0)
	if err := os.Truncate(name, 4); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(in); string(got) != "one\n" || exitCode(err) != exitIO || !strings.Contains(err.Error(), "4 octets are missing") {
		t.Errorf("shrunk: %q, %v", got, err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	w.Close()
	defer r.Close()
	c := &call{Env: &Env{Stdin: r}}
	if in := c.standardInput(); in.size >= 0 {
		t.Errorf("a pipe has %d octets", in.size)
	}
}

func TestShowSize(t *testing.T) {
	for n, want := range map[int64]string{
		-1: "size unknown", 0: "0 octets", 1023: "1023 octets", 1024: "1.0 KiB", 41 << 10: "41 KiB", 3 << 20: "3.0 MiB", 5 << 40: "5.0 TiB",
	} {
		if got := showSize(n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}

func TestSpeaksUTF8(t *testing.T) {
	for _, tt := range []struct {
		env  map[string]string
		want bool
	}{
		{map[string]string{}, false},
		{map[string]string{"LANG": "en_US.UTF-8"}, true},
		{map[string]string{"LANG": "en_US.utf8"}, true},
		{map[string]string{"LANG": "C.UTF-8", "LC_CTYPE": "C"}, false},
		{map[string]string{"LC_CTYPE": "C", "LC_ALL": "C.UTF-8"}, true},
		{map[string]string{"LANG": "de_DE.ISO-8859-1"}, false},
	} {
		c := &call{Env: &Env{Getenv: func(name string) string { return tt.env[name] }}}
		if got := c.speaksUTF8(); got != tt.want {
			t.Errorf("%v: %v", tt.env, got)
		}
	}
}
