package advice

import (
	"fmt"
	"io/fs"
	"os"
	"testing"

	"mailpipe/internal/inputfile"
)

func TestFileHint(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, dir := range []string{"reports", "my files", "-x", "a,type=b"} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir("reports")
	const archive = "attach an archive: tar cz "
	for _, tt := range []struct {
		name string
		err  error
		want string
	}{
		{".", inputfile.ErrDirectory, archive + ". | mailpipe compose -a -,name=reports.tar.gz"},
		{"../reports/", inputfile.ErrDirectory, archive + "../reports/ | mailpipe compose -a -,name=reports.tar.gz"},
		{"/", inputfile.ErrDirectory, archive + "/ | mailpipe compose -a -,name=directory.tar.gz"},
		{"../my files", inputfile.ErrDirectory, archive + "'../my files' | mailpipe compose -a -,name='my files.tar.gz'"},
		{"-x", inputfile.ErrDirectory, archive + "./-x | mailpipe compose -a -,name=-x.tar.gz"},
		{"a,type=b", inputfile.ErrDirectory, archive + "'a,type=b' | mailpipe compose -a -,name=directory.tar.gz"},
		{"/dev/null", inputfile.ErrDevice, ""},
		{"/dev/tty", inputfile.ErrDevice, "redirect it to standard input: -a -,name=NAME </dev/tty"},
		{"@x.txt", fs.ErrNotExist, "name the file without @"},
		{"~/x.txt", fs.ErrNotExist, "use $HOME: the shell replaces ~ only at the beginning of a word without quotes"},
		{"=x.txt", fs.ErrNotExist, "write -a FILE, not -a=FILE"},
		{"x.txt", fs.ErrNotExist, ""},
		{"@x.txt", fs.ErrPermission, ""},
	} {
		if got := Attachment(tt.name, fmt.Errorf("open: %w", tt.err)); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// Only what is attached can be an archive or be redirected as a file.
func TestOtherFileHints(t *testing.T) {
	const noBody = "use --no-body for a message without text"
	for _, tt := range []struct {
		name       string
		err        error
		text, file string
	}{
		{"/dev/null", inputfile.ErrDevice, noBody, ""},
		{"/dev/tty", inputfile.ErrDevice, "", ""},
		{"/tmp", inputfile.ErrDirectory, "", ""},
		{"@x.txt", fs.ErrNotExist, "name the file without @", "name the file without @"},
		{"=x.txt", fs.ErrNotExist, "", ""},
	} {
		text, file := Text(tt.name, tt.err), File(tt.name, tt.err)
		if text != tt.text || file != tt.file {
			t.Errorf("%s: %q and %q, want %q and %q", tt.name, text, file, tt.text, tt.file)
		}
	}
}

func TestParentDirectory(t *testing.T) {
	dir := t.TempDir() + "/reports/sub"
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	want := "attach an archive: tar cz -C .. . | mailpipe compose -a -,name=reports.tar.gz"
	if got := Attachment("..", inputfile.ErrDirectory); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
