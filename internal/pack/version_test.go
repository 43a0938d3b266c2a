package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"mailpipe/internal/testservers"
)

// The version of a package is that of the tag of the commit.
func TestPackageVersion(t *testing.T) {
	t.Parallel()
	testservers.Need(t, "sh", "git", "sed", "grep")
	script, err := os.ReadFile("version.sh")
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	name := filepath.Join(root, "internal/pack/version.sh")
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, script, 0o755); err != nil {
		t.Fatal(err)
	}
	git := func(args ...string) {
		t.Helper()
		args = append([]string{"-C", root, "-c", "user.name=x", "-c", "user.email=x@example.org"}, args...)
		if out, err := exec.Command("git", args...).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	version := func(format, given string) string {
		cmd := exec.Command("sh", name, format)
		cmd.Env = append(os.Environ(), "VERSION="+given, "GIT_CEILING_DIRECTORIES="+filepath.Dir(root))
		out, err := cmd.CombinedOutput()
		if err != nil {
			return "status " + err.Error() + ": " + string(out)
		}
		return strings.TrimSuffix(string(out), "\n")
	}
	want := func(given, want string) {
		t.Helper()
		var all []string
		for _, format := range []string{"deb", "rpm", "apk", "archlinux"} {
			all = append(all, version(format, given))
		}
		if got := strings.Join(all, " "); got != want {
			t.Errorf("%q: %s, want %s", given, got, want)
		}
	}
	const none = "0.0.0~dev 0.0.0~dev 0.0.0_git 0.0.0dev"
	want("", none) // no repository
	git("init", "--quiet")
	git("commit", "--quiet", "--allow-empty", "-m", "x")
	git("tag", "other")
	want("", none)
	git("tag", "v1.2.0-rc.1")
	want("", "1.2.0~rc.1 1.2.0~rc.1 1.2.0_rc1 1.2.0rc.1")
	want("v3.0.0", "3.0.0 3.0.0 3.0.0 3.0.0")
	git("commit", "--quiet", "--allow-empty", "-m", "x")
	want("", none) // the tag is that of the commit before
	for _, invalid := range []string{"1.2.0", "v1.2", "v1.2.0 x", "v1.2.0-1-g0123abc", "v1.2.0\nx", "v1.2.0\n"} {
		want := "packages: invalid VERSION " + invalid + ": use a form such as v1.2.3 or v1.2.3-rc.1\n"
		if got := version("deb", invalid); got != "status exit status 1: "+want {
			t.Errorf("%q: %s", invalid, got)
		}
	}
}
