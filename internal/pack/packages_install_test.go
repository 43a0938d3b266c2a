package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mailpipe/internal/testservers"
)

// start comes before each script. The packages are in the working directory, and $SINK
// is an address that no server uses. All files of a package are installed, and apt-get
// asks nothing. man(1) works without its index, which takes seconds.
const start = `
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
exec </dev/null
rm -f /etc/dpkg/dpkg.cfg.d/* /var/lib/man-db/auto-update
echo 'APT::Get::Assume-Yes "1"; quiet "1"; Dpkg::Use-Pty "0";' >/etc/apt/apt.conf.d/99test
cd /packages
`

// testInstall runs the scripts of testdata/install, each on a host of its own that has
// Postfix, and finds that this host has not changed.
func testInstall(t *testing.T, dir string) {
	testservers.Need(t, "apt-get", "cron", "postfix", "unshare", "systemd-analyze", "man", "bash", "zsh", "fish")
	const callers = "../../testdata/callers"
	testservers.NeedFiles(t, callers+"/bsd-mailx_*.deb", ".ci/callers")
	before := hostFiles(t)
	t.Cleanup(func() {
		if !bytes.Equal(before, hostFiles(t)) {
			t.Error("the host has changed")
		}
	})
	var debs []string
	for _, name := range []string{"mailpipe", "mailpipe-mta"} {
		debs = append(debs, one(t, dir, name+"_*.deb"))
	}
	for _, name := range []string{"bsd-mailx", "liblockfile1", "liblockfile-bin"} {
		debs = append(debs, one(t, callers, name+"_*.deb"))
	}
	scripts, err := filepath.Glob("testdata/install/*.sh")
	if err != nil || len(scripts) < 5 {
		t.Fatal(scripts, err)
	}
	for _, script := range scripts {
		t.Run(strings.TrimSuffix(filepath.Base(script), ".sh"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(script)
			if err != nil {
				t.Fatal(err)
			}
			files := t.TempDir()
			write(t, filepath.Join(files, "script"), start+string(text))
			for _, deb := range debs {
				copyFile(t, deb, filepath.Join(files, "packages", filepath.Base(deb)))
			}
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
			defer cancel()
			cmd := testservers.Overlay(ctx, files, "")
			cmd.Env = append(cmd.Env, "SINK=127.0.0.1:"+testservers.FreePort(t))
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// hostFiles returns the files of this host that the packages would replace.
func hostFiles(t *testing.T) []byte {
	t.Helper()
	var all []byte
	for _, name := range []string{"/usr/sbin/sendmail", "/usr/bin/mailq", "/etc/passwd", "/var/lib/dpkg/status"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, text...)
	}
	return all
}
