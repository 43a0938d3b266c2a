package cli

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

func TestSaveUnsent(t *testing.T) {
	home := t.TempDir()
	now := time.Date(2026, 3, 1, 14, 5, 9, 0, time.UTC)
	for _, want := range []string{"mailpipe-unsent-20260301-140509.eml", "mailpipe-unsent-20260301-140509-2.eml"} {
		name, err := saveUnsent(strings.NewReader("Subject: x\r\n\r\n"), ".eml", home, now)
		if err != nil || name != home+"/"+want {
			t.Fatalf("%q, %v, want %s", name, err, want)
		}
		if text, err := os.ReadFile(name); string(text) != "Subject: x\r\n\r\n" {
			t.Errorf("%s: %q, %v", want, text, err)
		}
	}
	broken := errors.New("broken")
	half := io.MultiReader(strings.NewReader("Subject: x"), iotest.ErrReader(broken))
	if name, err := saveUnsent(half, ".eml", home, now); !errors.Is(err, broken) || name != "" {
		t.Errorf("%q, %v", name, err)
	}
	if files, err := os.ReadDir(home); len(files) != 2 {
		t.Errorf("an incomplete file remains: %v, %v", files, err)
	}
}
