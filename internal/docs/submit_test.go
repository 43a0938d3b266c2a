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
	testservers.Need(t, "systemd-analyze")
	dir := t.TempDir()
	unit := regexp.MustCompile(`(?ms)^\.Pa (mailpipe-submit\S+) :\n\.Bd -literal[^\n]*\n(.*?)^\.Ed`)
	args := []string{"verify"}
	for _, m := range unit.FindAllStringSubmatch(read(t, filepath.Join(root, "man/mailpipe-sendmail.1")), -1) {
		if packaged := read(t, filepath.Join(root, "internal/pack/nfpm", m[1])); packaged != m[2] {
			t.Errorf("%s of the package is not that of the man page:\n%s", m[1], packaged)
		}
		name := filepath.Join(dir, m[1])
		text := strings.Replace(m[2], "ExecStart=mailpipe ", "ExecStart="+program+" ", 1)
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		args = append(args, name)
	}
	if len(args) != 3 {
		t.Fatal(args)
	}
	if out, err := exec.Command("systemd-analyze", args...).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
}
