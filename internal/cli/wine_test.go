//go:build linux && amd64

package cli

import (
	"context"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"mailpipe/internal/testservers"
)

// Where Debian installs wine, which is not in PATH.
const (
	wine       = "/usr/lib/wine/wine64"
	wineServer = "/usr/lib/wine/wineserver"
)

// cryptography is the definition of a library that Go programs need and that wine 8
// lacks. Its function is another name of one that wine has.
const cryptography = `LIBRARY bcryptprimitives.dll
EXPORTS
ProcessPrng = advapi32.SystemFunction036
`

// throughFiles runs the program with files for its output. Wine starts services with the
// first program, which would keep a pipe open for seconds.
const throughFiles = `#!/bin/sh
wine "$@" >"$WINEPREFIX/out.$$" 2>"$WINEPREFIX/err.$$"
status=$?
cat "$WINEPREFIX/out.$$"
cat "$WINEPREFIX/err.$$" >&2
exit $status
`

// winePrefix returns a temporary directory for wine. The programs that wineserver ends may
// still write files when it has ended.
func winePrefix(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "wine")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		err := os.RemoveAll(dir)
		for end := time.Now().Add(2 * time.Minute); err != nil && time.Now().Before(end); err = os.RemoveAll(dir) {
			time.Sleep(100 * time.Millisecond)
		}
		if err != nil {
			t.Error(err)
		}
	})
	return dir
}

// The program for Windows runs under wine, without a display.
func TestWindows(t *testing.T) {
	testservers.Need(t, wine, "ld")
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	dir := winePrefix(t)
	drive := filepath.Join(dir, "drive_c")
	env := []string{"WINEPREFIX=" + dir, "WINEDEBUG=-all", "WINEDLLOVERRIDES=mscoree,mshtml=", "DISPLAY=",
		"LC_ALL=C.UTF-8"}
	run := func(env []string, program string, args ...string) {
		t.Helper()
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
		defer cancel()
		cmd := exec.CommandContext(ctx, program, args...)
		cmd.Env = append(os.Environ(), env...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", program, err, out)
		}
	}
	exe, definition := filepath.Join(dir, "mailpipe.exe"), filepath.Join(dir, "bcryptprimitives.def")
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	defer run(nil, "timeout", "300", "env", "WINEPREFIX="+dir, wineServer, "--wait")
	defer exec.Command("timeout", "300", "env", "WINEPREFIX="+dir, wineServer, "--kill").Run()
	run(append(env, "HOME="+dir), wine, "wineboot", "--init")
	write(definition, cryptography)
	run(nil, "ld", "-m", "i386pep", "-shared", "-o",
		filepath.Join(drive, "windows/system32/bcryptprimitives.dll"), definition)
	run([]string{"GOOS=windows", "CGO_ENABLED=0"}, "go", "build", "-o", exe, "../..")
	if err := os.Mkdir(filepath.Join(dir, "bin"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(filepath.Join(dir, "bin/wine"), "#!/bin/sh\nexec timeout --foreground 300 "+wine+" "+exe+" \"$@\"\n")
	write(filepath.Join(dir, "bin/windows"), throughFiles)
	t.Run("scripts", func(t *testing.T) {
		testscript.Run(t, testscript.Params{
			Dir:                 "../../testdata/windows",
			RequireExplicitExec: true,
			Setup: func(e *testscript.Env) error {
				e.Vars = append(e.Vars, env...)
				e.Setenv("C", drive)
				e.Setenv("ROAMING", filepath.Join(drive, "users", me.Username, "AppData/Roaming"))
				e.Setenv("Z", `Z:`+strings.ReplaceAll(e.WorkDir, "/", `\`))
				e.Setenv("PATH", filepath.Join(dir, "bin")+":"+os.Getenv("PATH"))
				return nil
			},
			Cmds: map[string]func(*testscript.TestScript, bool, []string){"address": listensAt, "code": code},
		})
	})
}
