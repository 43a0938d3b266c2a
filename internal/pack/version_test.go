package main

import (
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The version of a package is that of the tag of the commit. In every format, one
// before a release is older than the release.
func TestPackageVersion(t *testing.T) {
	t.Parallel()
	project := newProject(t, t.TempDir())
	version := func(format, given string) *exec.Cmd {
		cmd := command(t, project, "internal/pack/version.sh", format)
		cmd.Env = append(cmd.Env, "VERSION="+given)
		return cmd
	}
	want := func(given, want string) {
		t.Helper()
		var got string
		for _, format := range []string{"deb", "rpm", "apk", "archlinux"} {
			got += output(t, version(format, given))
		}
		if got != want {
			t.Errorf("%q: %q, want %q", given, got, want)
		}
	}
	const none = "0.0.0~dev\n0.0.0~dev\n0.0.0_git\n0.0.0dev\n"
	git := func(args ...string) { output(t, command(t, project, "git", args...)) }
	want("", "1.2.3\n1.2.3\n1.2.3\n1.2.3\n")
	write(t, filepath.Join(project, "LICENSE"), "changed")
	want("", none)
	want("v1.2.0-rc.1", "1.2.0~rc.1\n1.2.0~rc.1\n1.2.0_rc1\n1.2.0rc.1\n")
	git("commit", "--quiet", "--allow-empty", "-m", "x")
	want("", none) // the tag is that of the commit before
	git("tag", "other")
	want("", none)
	for _, invalid := range []string{
		"1.2.0", "v1.2", "v1.2.0 x", "v1.2.0-1-g0123abc", "v1.2.0\nx", "v1.2.0\n", "v1.2.0-$(id)",
	} {
		out, err := version("deb", invalid).CombinedOutput()
		if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) ||
			!strings.HasPrefix(string(out), "packages: invalid VERSION "+invalid+": use a form such as ") {
			t.Errorf("%q: %v\n%s", invalid, err, out)
		}
	}
}

// An invalid date is refused before anything is built.
func TestPackageDate(t *testing.T) {
	t.Parallel()
	project := newProject(t, t.TempDir())
	for _, invalid := range []string{"x", "-1", "2026-03-01", "1 2"} {
		cmd := command(t, project, "internal/pack/packages.sh")
		cmd.Env = append(cmd.Env, "SOURCE_DATE_EPOCH="+invalid)
		out, err := cmd.CombinedOutput()
		want := "packages: invalid SOURCE_DATE_EPOCH " + invalid + ": use seconds since 1970\n"
		if err == nil || string(out) != want {
			t.Errorf("%q: %v\n%s", invalid, err, out)
		}
	}
}
