package main

import (
	"archive/tar"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"mailpipe/internal/testservers"
)

// unpackers print the files of a package as a tar archive.
var unpackers = []struct {
	pattern string
	command []string
}{
	{"mailpipe_*.deb", []string{"dpkg-deb", "--fsys-tarfile"}},
	{"mailpipe-mta_*.deb", []string{"dpkg-deb", "--fsys-tarfile"}},
	{"mailpipe_*.apk", []string{"gzip", "-dc"}},
	{"mailpipe-*.pkg.tar.zst", []string{"zstd", "-dcq"}},
}

// testFiles compares the files of all packages, their modes and owners with a golden
// file.
func testFiles(t *testing.T, dir string) {
	var list strings.Builder
	for _, u := range unpackers {
		fmt.Fprintf(&list, "# %s\n", u.pattern)
		for _, h := range unpack(t, dir, u.pattern, u.command) {
			mode, name := h.FileInfo().Mode().String(), path.Clean("/"+h.Name)
			if h.Typeflag == tar.TypeSymlink {
				mode, name = "link      ", name+" -> "+h.Linkname
			}
			user, group := cmp.Or(h.Uname, strconv.Itoa(h.Uid)), cmp.Or(h.Gname, strconv.Itoa(h.Gid))
			fmt.Fprintf(&list, "%s %s %s %s\n", mode, user, group, name)
		}
	}
	list.WriteString("# mailpipe-*.rpm\n")
	list.WriteString(output(t, command(t, dir, "rpm", "-qp", "--qf",
		"[%{FILEMODES:perms} %{FILEUSERNAME} %{FILEGROUPNAME} %{FILENAMES}\n]", one(t, dir, "*.rpm"))))
	compare(t, "files.golden", list.String())
}

// unpack returns the files of a package.
func unpack(t *testing.T, dir, pattern string, args []string) []entry {
	t.Helper()
	archive := output(t, command(t, dir, args[0], append(args[1:], one(t, dir, pattern))...))
	return entries(t, strings.NewReader(archive))
}

// An entry is a file of an archive.
type entry struct {
	*tar.Header
	data []byte
}

// entries returns the files of a tar archive.
func entries(t *testing.T, archive io.Reader) []entry {
	t.Helper()
	r := tar.NewReader(archive)
	var all []entry
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, entry{h, data})
	}
}

// Each package has the name, the version and the relations to other packages that
// its format needs.
func testFields(t *testing.T, dir string) {
	texts := map[string]string{
		"mailpipe_*.deb":     output(t, command(t, dir, "dpkg-deb", "--field", one(t, dir, "mailpipe_*.deb"))),
		"mailpipe-mta_*.deb": output(t, command(t, dir, "dpkg-deb", "--field", one(t, dir, "mailpipe-mta_*.deb"))),
		"mailpipe-*.rpm": output(t, command(t, dir, "rpm", "-qp", "--qf",
			"%{NAME} %{EVR} %{LICENSE} %{BUILDTIME}\n", one(t, dir, "*.rpm"))),
	}
	for _, u := range unpackers[2:] {
		all := unpack(t, dir, u.pattern, u.command)
		at := slices.IndexFunc(all, func(e entry) bool { return e.Name == ".PKGINFO" })
		if at < 0 {
			t.Fatalf("%s: no .PKGINFO", u.pattern)
		}
		texts[u.pattern] = string(all[at].data)
	}
	for pattern, lines := range map[string]string{
		"mailpipe_*.deb": "Package: mailpipe\nVersion: 1.2.3-1\nSection: mail\nArchitecture: " + runtime.GOARCH + "\n" +
			"Provides: mailx\n",
		"mailpipe-mta_*.deb": "Package: mailpipe-mta\nVersion: 1.2.3-1\nArchitecture: all\n" +
			"Depends: mailpipe (= 1.2.3-1), adduser\nProvides: mail-transport-agent\n" +
			"Conflicts: mail-transport-agent\nReplaces: mail-transport-agent\n",
		"mailpipe-*.rpm":         "mailpipe 1.2.3-1 MIT " + tagDate + "\n",
		"mailpipe_*.apk":         "pkgname = mailpipe\npkgver = 1.2.3-r1\nlicense = MIT\n",
		"mailpipe-*.pkg.tar.zst": "pkgname = mailpipe\npkgver = 1.2.3-1\nlicense = MIT\n",
	} {
		for line := range strings.Lines(lines) {
			if !strings.Contains("\n"+texts[pattern], "\n"+line) {
				t.Errorf("%s: no line %q in\n%s", pattern, line, texts[pattern])
			}
		}
	}
}

// rpm installs the package in a directory, where the program runs.
func testRPM(t *testing.T, dir string) {
	name := one(t, dir, "*.rpm")
	list := output(t, command(t, dir, "rpm", "-qlp", name))
	root := t.TempDir()
	output(t, command(t, dir, "rpm", "--root", root, "--nodeps", "-i", name))
	for name := range strings.Lines(list) {
		info, err := os.Lstat(filepath.Join(root, strings.TrimSuffix(name, "\n")))
		if err != nil || info.Mode().Type() != 0 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	program := filepath.Join(root, "usr/bin/mailpipe")
	if got := output(t, command(t, root, program, "--version")); got != "mailpipe "+tag+"\n" {
		t.Errorf("--version: %q", got)
	}
	text, err := fs.ReadFile(os.DirFS(root), "usr/share/doc/mailpipe/copyright")
	if err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{
		"The mailpipe authors", "The Go Authors", "github.com/urfave/cli/v2 ", "github.com/BurntSushi/toml ",
	} {
		if !bytes.Contains(text, []byte(words)) {
			t.Errorf("%s is missing in\n%s", words, text)
		}
	}
}

// lintian finds neither errors nor warnings in the packages for Debian.
func testLintian(t *testing.T, dir string) {
	testservers.Need(t, "lintian")
	names, err := filepath.Glob(filepath.Join(dir, "*.deb"))
	if err != nil || len(names) != 2 {
		t.Fatal(names, err)
	}
	cmd := exec.Command("lintian", append([]string{"--allow-root", "--fail-on", "error,warning"}, names...)...)
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
}
