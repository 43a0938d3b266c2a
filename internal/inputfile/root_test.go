package inputfile

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

func TestOpenIn(t *testing.T) {
	dir := t.TempDir()
	for _, d := range []string{"page/sub", "page/real"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"secret", "page/a", "page/sub/b"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, target := range map[string]string{
		"page/out":     "../secret",
		"page/abs":     filepath.Join(dir, "secret"),
		"page/up":      "..",
		"page/in":      "sub/b",
		"page/sub/top": "../a",
		"page/loop":    "loop",
		"page/gone":    "nothing",
	} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := exec.Command("mkfifo", "-m", "600", filepath.Join(dir, "page/fifo")).Run(); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("fifo", filepath.Join(dir, "page/tofifo")); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(filepath.Join(dir, "page"))
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	for _, tt := range []struct {
		name, content string
		err           error
	}{
		{"a", "page/a", nil},
		{"sub/b", "page/sub/b", nil},
		{"./sub/../a", "page/a", nil},
		{"in", "page/sub/b", nil},
		{"sub/top", "page/a", nil},
		{"../secret", "", ErrOutside},
		{"sub/../../secret", "", ErrOutside},
		{filepath.Join(dir, "secret"), "", ErrOutside},
		{"out", "", ErrOutside},
		{"abs", "", ErrOutside},
		{"up/secret", "", ErrOutside},
		{"..", "", ErrOutside},
		{"fifo", "", ErrNotRegular},
		{"tofifo", "", ErrNotRegular},
		{"sub", "", ErrDirectory},
		{".", "", ErrDirectory},
		{"loop", "", syscall.ELOOP},
		{"gone", "", fs.ErrNotExist},
		{"a/b", "", syscall.ENOTDIR},
		{"no", "", fs.ErrNotExist},
	} {
		var set Set
		f, err := set.OpenIn(root, tt.name)
		if tt.err != nil {
			if !errors.Is(err, tt.err) {
				t.Errorf("%q: %v, want %v", tt.name, err, tt.err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", tt.name, err)
			continue
		}
		content, err := io.ReadAll(f.Reader())
		if err != nil || string(content) != tt.content {
			t.Errorf("%q has %q (%v), want %q", tt.name, content, err, tt.content)
		}
		f.Close()
	}
}
