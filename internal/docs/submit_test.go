package docs

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"mailpipe/internal/testservers"
)

// The units with which the users of a host submit mail are valid. The package has the
// same ones as the man page.
func TestSubmitUnits(t *testing.T) {
	unit := regexp.MustCompile(`(?ms)^\.Pa (mailpipe-submit\S+) :\n\.Bd -literal[^\n]*\n(.*?)^\.Ed`)
	units := map[string]string{}
	for _, m := range unit.FindAllStringSubmatch(read(t, filepath.Join(root, "man/mailpipe-sendmail.1")), -1) {
		if packaged := read(t, filepath.Join(root, "internal/pack/nfpm", m[1])); packaged != m[2] {
			t.Errorf("%s of the package is not that of the man page:\n%s", m[1], packaged)
		}
		units[m[1]] = m[2]
	}
	if len(units) != 2 {
		t.Fatal(units)
	}
	if out := verifyUnits(t, t.TempDir(), units); out != "" {
		t.Error(out)
	}
}

// verifyUnits writes units to a directory, asserts that they are valid, and returns what
// systemd-analyze prints, which may be about other units.
func verifyUnits(t *testing.T, dir string, units map[string]string) string {
	t.Helper()
	testservers.Need(t, "systemd-analyze")
	args := []string{"verify"}
	for name, text := range units {
		path := filepath.Join(dir, name)
		text = strings.Replace(text, "ExecStart=mailpipe ", "ExecStart="+program+" ", 1)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		args = append(args, path)
	}
	out, err := exec.CommandContext(t.Context(), "systemd-analyze", args...).CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	return string(out)
}
