package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"debug/elf"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"mailpipe/internal/testservers"
)

// dist gives the same archives in another directory. SHA256SUMS lists them for
// sha256sum -c.
func TestDist(t *testing.T) {
	const name = "mailpipe-" + tag + "-linux-amd64"
	var sums, projects []string
	for _, dir := range []string{"a", "a longer name"} {
		project := newProject(t, filepath.Join(t.TempDir(), dir))
		output(t, command(t, project, "go", "run", "./internal/pack", "dist", "linux/amd64"))
		output(t, command(t, filepath.Join(project, "dist"), "sha256sum", "--strict", "-c", "SHA256SUMS"))
		text, err := os.ReadFile(filepath.Join(project, "dist/SHA256SUMS"))
		if err != nil {
			t.Fatal(err)
		}
		sums = append(sums, string(text))
		projects = append(projects, project)
	}
	if sums[0] != sums[1] || !strings.HasSuffix(sums[0], "  "+name+".tar.gz\n") {
		t.Errorf("SHA256SUMS: %q and %q", sums[0], sums[1])
	}

	archive, err := os.Open(filepath.Join(projects[0], "dist", name+".tar.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	files := readTar(t, archive, time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	for _, f := range []string{"README.md", "LICENSE", "share/man/man1/mailpipe.1", "share/man/man7/mailpipe-examples.7"} {
		source := f
		if dir, base := filepath.Split(f); dir != "" {
			source = "man/" + base
		}
		text, err := os.ReadFile(filepath.Join(projects[0], source))
		if err != nil {
			t.Fatal(err)
		}
		if got := files[name+"/"+f]; got != "-rw-r--r-- "+string(text) {
			t.Errorf("%s: %.40q", f, got)
		}
	}
	mode, program, _ := strings.Cut(files[name+"/bin/mailpipe"], " ")
	if mode != "-rwxr-xr-x" {
		t.Errorf("bin/mailpipe: %s", mode)
	}
	if strings.Contains(program, filepath.Dir(projects[0])) {
		t.Error("the program contains the path of the directory that it was built in")
	}
	checkStatic(t, program)
}

// checkStatic asserts that a program needs no dynamic linker.
func checkStatic(t *testing.T, program string) {
	t.Helper()
	binary, err := elf.NewFile(strings.NewReader(program))
	if err != nil {
		t.Fatal(err)
	}
	if slices.ContainsFunc(binary.Progs, func(p *elf.Prog) bool { return p.Type == elf.PT_INTERP }) {
		t.Error("the program is linked dynamically")
	}
}

// The programs that the README calls static are so.
func TestStatic(t *testing.T) {
	testservers.NeedTime(t)
	m := regexp.MustCompile(`The programs for\s+(\w+), (\w+) and (\w+) are static`).FindStringSubmatch(readme(t))
	if m == nil {
		t.Fatal("the README does not say which programs are static")
	}
	t.Chdir("../..")
	for _, platform := range platforms {
		system, _, _ := strings.Cut(platform, "/")
		isStatic := slices.ContainsFunc(m[1:], func(name string) bool { return strings.EqualFold(name, system) })
		if !isStatic {
			continue
		}
		name := filepath.Join(t.TempDir(), "mailpipe")
		if err := build(platform, name); err != nil {
			t.Fatal(err)
		}
		program, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		t.Log(platform)
		checkStatic(t, string(program))
	}
}

// readTar returns the files of an archive: their modes, and what they contain. They
// must belong to root and be of the date.
func readTar(t *testing.T, r io.Reader, date time.Time) map[string]string {
	t.Helper()
	files := map[string]string{}
	expanded, err := gzip.NewReader(r)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries(t, expanded) {
		if e.Uid != 0 || e.Gid != 0 || e.Uname != "root" || e.Gname != "root" || !e.ModTime.Equal(date) {
			t.Errorf("%s: %d:%d, %s:%s, %s", e.Name, e.Uid, e.Gid, e.Uname, e.Gname, e.ModTime)
		}
		files[e.Name] = e.FileInfo().Mode().String() + " " + string(e.data)
	}
	return files
}

// A zip archive has the same.
func TestZip(t *testing.T) {
	date := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	var archive [2]bytes.Buffer
	for i := range archive {
		if err := writeZip(&archive[i], someFiles, date); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(archive[0].Bytes(), archive[1].Bytes()) {
		t.Error("the same files give different archives")
	}
	r, err := zip.NewReader(bytes.NewReader(archive[0].Bytes()), int64(archive[0].Len()))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, f := range r.File {
		text, err := fs.ReadFile(r, f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if !f.Modified.Equal(date) {
			t.Errorf("%s: %s", f.Name, f.Modified)
		}
		got[f.Name] = f.Mode().String() + " " + string(text)
	}
	same(t, "zip", got, map[string]string{
		"bin/mailpipe": "-rwxr-xr-x the program", "share/man/man1/mailpipe.1": "-rw-r--r-- the page",
	})
}

// SOURCE_DATE_EPOCH is the date of the files. Without it and without a commit there is
// none.
func TestDate(t *testing.T) {
	for _, tt := range []struct {
		epoch string
		want  int64
		words string
	}{
		{"1772366400", 1772366400, ""},
		{"0", 0, ""},
		{"yesterday", 0, `invalid SOURCE_DATE_EPOCH "yesterday": use seconds since 1970`},
		{"-1", 0, `invalid SOURCE_DATE_EPOCH "-1"`}, // tar has no dates before 1970
		{"99999999999999", 0, `invalid SOURCE_DATE_EPOCH "99999999999999"`},
		{"", 0, "set SOURCE_DATE_EPOCH"},
	} {
		t.Chdir(t.TempDir())
		t.Setenv("SOURCE_DATE_EPOCH", tt.epoch)
		got, err := date()
		if (err == nil) != (tt.words == "") || err != nil && !strings.Contains(err.Error(), tt.words) {
			t.Errorf("%q: %v, want %q", tt.epoch, err, tt.words)
		}
		if err == nil && got.Unix() != tt.want {
			t.Errorf("%q: %s", tt.epoch, got)
		}
	}
}

// An unknown platform is refused before anything is built.
func TestUnknownPlatform(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "dist")
	err := dist(dir, []string{"linux/amd64", "plan9/amd64"})
	if err == nil || !strings.Contains(err.Error(), "unknown platform plan9/amd64: use one of linux/amd64, ") {
		t.Error(err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("the directory was made")
	}
}
