package directory

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"mailpipe/internal/testservers"

	"mailpipe/internal/spool"
)

// Damage is reported with its reason and left as it is.
func TestDamage(t *testing.T) {
	edit := func(old, new string) func(string) error {
		return func(name string) error {
			text, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			if !bytes.Contains(text, []byte(old)) {
				return errors.New("nothing to edit")
			}
			return os.WriteFile(name, bytes.Replace(text, []byte(old), []byte(new), 1), 0o600)
		}
	}
	instead := func(create func(name string) error) func(string) error {
		return func(name string) error {
			if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
				return err
			}
			return create(name)
		}
	}
	mkdir := instead(func(name string) error { return os.Mkdir(name, 0o700) })
	fifo := instead(func(name string) error { return exec.Command("mkfifo", "-m", "600", name).Run() })
	link := instead(func(name string) error { return os.Symlink("/etc/passwd", name) })
	dangling := instead(func(name string) error { return os.Symlink("nothing", name) })
	give := func(name string) error { return os.Chown(name, 65534, 65534) }

	cut := func(size int64) func(string) error {
		return func(name string) error { return os.Truncate(name, size) }
	}

	for _, tt := range []struct {
		suffix, what string
		damage       func(name string) error
		reason       string
	}{
		{".json", "cut", cut(100), "invalid envelope: unexpected end of JSON"},
		{".json", "empty", cut(0), "invalid envelope: unexpected end of JSON"},
		{".json", "not JSON", edit("{", "["), "invalid envelope: invalid character"},
		{".json", "a newer version", edit(`"version": 1`, `"version": 2`), "written by a newer mailpipe (version 2)"},
		{".json", "a newer version with another type", edit(`"version": 1,`, `"version": 3, "size": {},`),
			"written by a newer mailpipe (version 3)"},
		{".json", "no version", edit(`"version": 1`, `"version": 0`), "invalid envelope: version 0"},
		{".json", "another ID", edit(`"id": "2`, `"id": "3`), `invalid envelope: it is that of "3`},
		{".json", "unknown state", edit(`"queued"`, `"sent"`), `invalid envelope: unknown state "sent"`},
		{".json", "wrong type", edit(`"attempts": 0`, `"attempts": "no"`), "invalid envelope: json: cannot unmarshal string"},
		{".json", "directory", mkdir, "is a directory"},
		{".json", "FIFO", fifo, "is not a regular file"},
		{".json", "link", link, "is a symbolic link"},
		{".json", "dangling link", dangling, "is a symbolic link"},
		{".json", "of another user", give, "belongs to another user (uid 65534)"},
		{".eml", "missing", os.Remove, "the content is missing"},
		{".eml", "directory", mkdir, "is a directory"},
		{".eml", "FIFO", fifo, "is not a regular file"},
		{".eml", "link", link, "is a symbolic link"},
		{".eml", "of another user", give, "belongs to another user (uid 65534)"},
		{".eml", "cut", cut(3), "has 3 octets instead of 20"},
		{".eml", "longer", cut(21), "has 21 octets instead of 20"},
		{".dot", "directory", mkdir, "is a directory"},
		{".dot", "link", link, "is a symbolic link"},
		{".dot", "FIFO", fifo, "is not a regular file"},
	} {
		t.Run(tt.suffix[1:]+" "+tt.what, func(t *testing.T) {
			if tt.what == "of another user" {
				testservers.NeedRoot(t)
			}
			s := openNew(t)
			e := add(t, s)
			e.Close()
			name := filepath.Join(s.Name(), e.ID+tt.suffix)
			if err := tt.damage(name); err != nil {
				t.Fatal(err)
			}
			before := listing(t, s)
			_, err := s.Take(e.ID)
			damage, ok := errors.AsType[*spool.DamageError](err)
			if !ok {
				t.Fatalf("Take returned %v", err)
			}
			if damage.Name != e.ID+tt.suffix || !strings.HasPrefix(damage.Reason, tt.reason) {
				t.Errorf("%+v, want %s: %s", damage, tt.suffix, tt.reason)
			}
			if _, err := s.Read(e.ID); tt.suffix == ".json" && (err == nil || err.Error() != damage.Error()) {
				t.Errorf("Read returned %v", err)
			}
			if ids, err := s.IDs(); err != nil || len(ids) != 1 {
				t.Errorf("IDs returned %q, %v", ids, err)
			}
			if f, err := storeOf(s).dir.OpenLocked(e.ID+".eml", 0); err == nil {
				f.Close()
			} else if errors.Is(err, spool.ErrInUse) {
				t.Error("the damaged entry stays locked")
			}
			if after := listing(t, s); after != before {
				t.Errorf("the files were\n%sand are\n%s", before, after)
			}
		})
	}
}

// listing returns the names, types, sizes and contents of the files of a spool.
func listing(t *testing.T, s *spool.Spool) string {
	t.Helper()
	list, err := os.ReadDir(s.Name())
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, f := range list {
		info, err := f.Info()
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString(f.Name() + " " + info.Mode().String())
		if info.Mode().IsRegular() {
			text, err := os.ReadFile(filepath.Join(s.Name(), f.Name()))
			if err != nil {
				t.Fatal(err)
			}
			b.Write(text)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// A content of the same size that was edited is found by its checksum.
func TestWrongChecksum(t *testing.T) {
	s := openNew(t)
	e := add(t, s)
	e.Close()
	for i := range len(content) {
		text := []byte(content)
		text[i] ^= 1
		if err := os.WriteFile(filepath.Join(s.Name(), e.ID+".eml"), text, 0o600); err != nil {
			t.Fatal(err)
		}
		e, err := s.Take(e.ID)
		if err != nil {
			t.Fatal(err)
		}
		_, err = e.WriteTo(new(bytes.Buffer))
		if damage, ok := errors.AsType[*spool.DamageError](err); !ok || !strings.Contains(damage.Reason, "wrong checksum") {
			t.Errorf("octet %d changed: WriteTo returned %v", i, err)
		}
		e.Close()
	}
}

// Another program may read a content while the entry is used.
func TestContentReadByAnotherProgram(t *testing.T) {
	s := openNew(t)
	e := add(t, s)
	e.Close()
	reader, err := os.Open(filepath.Join(s.Name(), e.ID+".eml"))
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if _, err := reader.Read(make([]byte, 5)); err != nil {
		t.Fatal(err)
	}
	e, err = s.Take(e.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	var b bytes.Buffer
	if _, err := e.WriteTo(&b); err != nil || b.String() != content {
		t.Errorf("content %q, %v", b.String(), err)
	}
}
