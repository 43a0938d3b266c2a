package cli

import (
	"cmp"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

func TestSaveUnsent(t *testing.T) {
	home := t.TempDir()
	now := time.Date(2026, 3, 1, 14, 5, 9, 0, time.UTC)
	mail := func() io.Reader { return strings.NewReader("Subject: x\r\n\r\n") }
	for _, want := range []string{"mailpipe-unsent-20260301-140509.eml", "mailpipe-unsent-20260301-140509-2.eml"} {
		name, err := saveUnsent(mail, ".eml", home, now)
		if err != nil || name != home+"/"+want {
			t.Fatalf("%q, %v, want %s", name, err, want)
		}
		if text, err := os.ReadFile(name); string(text) != "Subject: x\r\n\r\n" {
			t.Errorf("%s: %q, %v", want, text, err)
		}
	}
	broken := errors.New("broken")
	half := func() io.Reader { return io.MultiReader(strings.NewReader("Subject: x"), iotest.ErrReader(broken)) }
	t.Chdir(t.TempDir())
	t.Setenv("TMPDIR", t.TempDir())
	if name, err := saveUnsent(half, ".eml", home, now); !errors.Is(err, broken) || name != "" {
		t.Errorf("%q, %v", name, err)
	}
	for dir, want := range map[string]int{home: 2, ".": 0, os.TempDir(): 0} {
		if files, err := os.ReadDir(dir); len(files) != want {
			t.Errorf("an incomplete file remains in %s: %v, %v", dir, files, err)
		}
	}
}

// A mail that cannot be saved in the home directory is saved elsewhere, whole.
func TestSaveUnsentElsewhere(t *testing.T) {
	here, temp := t.TempDir(), t.TempDir()
	now := time.Date(2026, 3, 1, 14, 5, 9, 0, time.UTC)
	readings := 0
	mail := func() io.Reader {
		readings++
		if readings == 1 { // as if the disk of the home directory were full
			return io.MultiReader(strings.NewReader("half"), iotest.ErrReader(errors.New("full")))
		}
		return strings.NewReader("whole")
	}
	for _, test := range []struct{ home, here, temp, want, reason string }{
		{home: t.TempDir(), here: here, temp: temp, want: here},
		{home: "/nowhere", here: here, temp: temp, want: here},
		{home: "", here: here, temp: temp, want: here},
		{home: "/nowhere", temp: temp, want: temp},
		{home: "/nowhere", temp: "/nowhere", reason: "no such file or directory"},
		{home: "", temp: "/nowhere", reason: "$HOME is not set"},
	} {
		gone := t.TempDir()
		t.Chdir(cmp.Or(test.here, gone))
		os.Remove(gone)
		t.Setenv("TMPDIR", test.temp)
		name, err := saveUnsent(mail, ".txt", test.home, now)
		switch {
		case test.want == "":
			if name != "" || err == nil || !strings.HasSuffix(err.Error(), test.reason) {
				t.Errorf("%+v: %q, %v", test, name, err)
			}
			continue
		case err != nil || filepath.Dir(name) != test.want:
			t.Fatalf("%+v: %q, %v", test, name, err)
		}
		if text, err := os.ReadFile(name); string(text) != "whole" {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
}
