package cli

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	urfave "github.com/urfave/cli/v2"

	"mailpipe/internal/sink"
	"mailpipe/internal/subprocess"
	"mailpipe/internal/testservers"
)

// A dropInRun is a run of the program under a name.
type dropInRun struct {
	dir   string // the working directory and $HOME
	file  string // of the program; empty: the test
	env   []string
	uid   int // 0: that of the test
	stdin string
}

// run returns the exit status, standard output and standard error.
func (r dropInRun) run(t testing.TB, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	program := r.file
	if program == "" {
		var err error
		if program, err = os.Executable(); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program)
	cmd.Args, cmd.Dir = args, r.dir
	cmd.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + r.dir, "LC_ALL=C.UTF-8", "GORACE=" + os.Getenv("GORACE"),
	}, r.env...)
	cmd.Stdin = strings.NewReader(r.stdin)
	if r.uid != 0 {
		id := uint32(r.uid)
		subprocess.RunAs(cmd, id, id, nil)
	}
	var out, errors strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errors
	err := cmd.Run()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errors.String()
}

// startSink starts a sink that stores mails in a directory, with rules of --reply. It
// returns its address.
func startSink(t testing.TB, dir string, rules ...string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	opt := sink.Options{Dir: dir}
	for _, text := range rules {
		rule, err := sink.ParseRule(text)
		if err != nil {
			t.Fatal(err)
		}
		opt.Reply = append(opt.Reply, rule)
	}
	go sink.Serve(t.Context(), l, opt)
	return l.Addr().String()
}

// received returns the mails that a sink has stored.
func received(t testing.TB, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "new/*"))
	if err != nil {
		t.Fatal(err)
	}
	var mails []string
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		mails = append(mails, string(text))
	}
	return mails
}

// configure writes a configuration for a sink.
func configure(t testing.TB, home, text string) {
	t.Helper()
	dir := filepath.Join(home, ".config/mailpipe")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "config.toml"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

const plainMail = "From: a@example.org\nTo: bob@example.org\nSubject: x\nDate: Mon, 30 Nov 2026 09:00:00 +0000\n" +
	"Message-ID: <1@example.org>\n\ntext\n"

// TestNoFlagsAfterTheWord gives every flag of mailpipe to sendmail and mailx. None may
// open a file, run a command or change what is sent. The files of --attach, which mailx
// has from GNU, do not exist or are attached. The program starts more than a thousand times,
// which takes minutes with the race detector.
func TestNoFlagsAfterTheWord(t *testing.T) {
	program := filepath.Join(t.TempDir(), "mailpipe")
	build := exec.Command("go", "build", "-o", program, "../..")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var flags []urfave.Flag
	for _, name := range append(Commands(), "") {
		flags = append(flags, Flags(name)...)
	}
	seen := map[string]bool{}
	for _, f := range flags {
		for _, name := range f.Names() {
			if len(name) == 1 || seen[name] || name == "help" || name == "version" {
				continue
			}
			seen[name] = true
			for _, word := range []string{"sendmail", "mailx"} {
				testTraps(t, program, word, "--"+name)
			}
		}
	}
	if len(seen) < 50 {
		t.Errorf("only %d flags", len(seen))
	}
}

// testTraps gives a flag to a drop-in in all ways that flags are written.
func testTraps(t *testing.T, program, word, flag string) {
	t.Helper()
	for _, args := range [][]string{
		{word, flag}, {word, flag, "pipe:touch mark"}, {"mailpipe", word, flag + "=pipe:touch mark"},
	} {
		checkTrap(t, program, append(args, "bob@example.org"))
	}
	for _, value := range []string{"pipe:touch mark", "touch mark", "mark", "user:", "./trap.toml"} {
		checkTrap(t, program, []string{word, flag + "=" + value, "bob@example.org"})
		if testing.Short() {
			return
		}
	}
}

// checkTrap runs a command line in a directory where a used flag leaves a mark.
func checkTrap(t *testing.T, program string, args []string) {
	t.Helper()
	dir := t.TempDir()
	trap := "[accounts.x]\nserver = \"pipe:touch mark\"\n"
	if err := os.WriteFile(filepath.Join(dir, "trap.toml"), []byte(trap), 0o644); err != nil {
		t.Fatal(err)
	}
	configure(t, dir, "[accounts.x]\nserver = \"sink:box\"\n[sendmail]\nlog = \"none\"\n")
	code, stdout, _ := dropInRun{dir: dir, file: program, stdin: plainMail}.run(t, args...)
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !slices.Contains([]string{"trap.toml", ".config", "box"}, e.Name()) {
			t.Errorf("%q: made %s", args, e.Name())
		}
	}
	for _, mail := range received(t, filepath.Join(dir, "box")) {
		if !strings.Contains(mail, "\nDelivered-To: bob@example.org\n") {
			t.Errorf("%q: sent %s", args, mail)
		}
	}
	noFile := code == 66 && slices.ContainsFunc(args, func(arg string) bool { return strings.HasPrefix(arg, "--attach") })
	if stdout != "" || code != 0 && code != 64 && code != 67 && !noFile {
		t.Errorf("%q: exit status %d, %q", args, code, stdout)
	}
}

// A program that is setuid or setgid does nothing.
func TestSetuid(t *testing.T) {
	testservers.NeedRoot(t)
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, mode := range []os.FileMode{os.ModeSetuid, os.ModeSetgid} {
		file := filepath.Join(dir, fmt.Sprint(uint32(mode)))
		if err := os.WriteFile(file, text, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Chown(file, 65534, 65534); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(file, 0o755|mode); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"sendmail", "mail", "mailpipe"} {
			code, stdout, stderr := dropInRun{dir: dir, file: file, stdin: plainMail}.run(t, name, "-bp")
			if code != 77 || stdout != "" || !strings.HasPrefix(stderr, name+": must not be setuid or setgid\n") {
				t.Errorf("%v: %s: exit status %d, %s%s", mode, name, code, stdout, stderr)
			}
		}
	}
}

// cron runs the jobs of all users with its own HOME. The configuration of the user
// counts; one that the user cannot read is skipped.
func TestHome(t *testing.T) {
	testservers.NeedRoot(t)
	nobody, err := user.Lookup("nobody")
	if err != nil {
		t.Skip(err)
	}
	uid, _ := strconv.Atoi(nobody.Uid)
	// The test is run by another user, who must reach it.
	top, err := os.MkdirTemp("/tmp", "mailpipe-home-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(top)
	program, _ := os.Executable()
	text, err := os.ReadFile(program)
	file := filepath.Join(top, "sendmail")
	if err != nil || os.WriteFile(file, text, 0o755) != nil || os.Chmod(top, 0o755) != nil {
		t.Fatal(err)
	}
	box := filepath.Join(top, "box")
	env := []string{"MAILPIPE_SERVER=" + startSink(t, box)}
	home := func(name string, owner int, mode os.FileMode) string {
		dir := filepath.Join(top, name)
		configure(t, dir, "[sendmail]\ndomain = \""+name+".example\"\nlog = \"none\"\n")
		file := filepath.Join(dir, ".config/mailpipe/config.toml")
		for _, err := range []error{os.Chmod(file, mode), os.Chown(file, owner, owner), os.Chown(dir, owner, owner)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		return dir
	}
	own, other, secret := home("own", uid, 0o600), home("root", 0, 0o644), home("secret", 0, 0o600)
	for _, c := range []struct{ home, want string }{
		{own, "x... x@own.example\n"},
		{other, ""}, // the user's own home, /nonexistent, has none
		{secret, ""},
	} {
		r := dropInRun{dir: c.home, file: file, env: env, uid: uid}
		code, stdout, stderr := r.run(t, "sendmail", "-bv", "x")
		if c.want != "" && (code != 0 || stdout != c.want) || strings.Contains(stdout, "root.example") ||
			strings.Contains(stdout, "secret.example") {
			t.Errorf("%s: exit status %d, %s%s", c.home, code, stdout, stderr)
		}
		r.stdin = plainMail
		if code, _, stderr := r.run(t, "sendmail", "bob@example.org"); code != 0 {
			t.Errorf("%s: exit status %d, %s", c.home, code, stderr)
		}
	}
	if mails := received(t, box); len(mails) != 3 {
		t.Errorf("%d mails", len(mails))
	}
}

func TestSendmailInvalidInput(t *testing.T) {
	many := []string{"sendmail"}
	for i := range 10 {
		var list []string
		for j := range 1000 {
			list = append(list, fmt.Sprintf("u%d@example.org", 1000*i+j))
		}
		many = append(many, strings.Join(list, ","))
	}
	long := "To: bob@example.org\nX-A: " + strings.Repeat(" x", 1<<20) + "\n\ntext\n"
	for _, c := range []struct {
		name  string
		args  []string
		stdin string
		env   string
		code  int
		mails int
		words string // of standard error
	}{
		{"10,000 recipients", many, plainMail, "", 0, 100, ""},
		{"40 To fields", []string{"sendmail", "-t"}, strings.Repeat("To: bob\nTo: eve\n", 20) + "\nx\n", "", 0, 1, ""},
		{"only a header", []string{"sendmail", "-t"}, "To: bob@example.org\n", "", 0, 1, ""},
		{"a header of 2 MiB", []string{"sendmail", "bob@example.org"}, long, "", 65, 0,
			"header longer than 1 MiB\nhint: check the program that writes the message\n"},
		{"empty", []string{"sendmail", "bob@example.org"}, "", "", 65, 0,
			"sendmail: input is empty\nhint: check the program that writes the message\n"},
		{"no recipient in the header", []string{"sendmail", "-t"}, "Subject: x\n\nx\n", "", 65, 0,
			"no address in To, Cc or Bcc"},
		{"TMPDIR", []string{"sendmail", "bob@example.org"}, plainMail + strings.Repeat("x\n", 1<<20),
			"TMPDIR=/nonexistent", 73, 0, "/nonexistent"},
		{"-f", []string{"sendmail", "-fa\x01@b", "bob"}, plainMail, "", 64, 0, "sendmail: -f: control character"},
		{"-F", []string{"sendmail", "-Fa\nBcc: x@y", "bob"}, plainMail, "", 64, 0, "sendmail: -F: control character"},
		{"-L", []string{"sendmail", "-L\xff", "bob"}, plainMail, "", 64, 0,
			"sendmail: -L: control character or invalid UTF-8"},
		{"-N", []string{"sendmail", "-N", "never\r\n", "bob"}, plainMail, "", 64, 0, "sendmail: -N: control character"},
		{"-X", []string{"sendmail", "-X\r", "bob"}, plainMail, "", 64, 0, "sendmail: -X: control character"},
		{"recipient", []string{"sendmail", "bob\nDATA"}, plainMail, "", 64, 0, "control character"},
		{"-Z", []string{"sendmail", "-Z\x1b[1m", "bob"}, plainMail, "", 0, 1, `unknown flag -Z\x1b[1m ignored`},
		{"$NAME", []string{"sendmail", "bob"}, "Subject: x\n\nx\n", "NAME=a\nBcc: eve@example.org\xff", 0, 1, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHost(t, "")
			r := dropInRun{dir: h.dir, stdin: c.stdin}
			if c.env != "" {
				r.env = []string{c.env}
			}
			code, stdout, stderr := r.run(t, c.args...)
			if code != c.code || stdout != "" || !strings.Contains(stderr, c.words) || c.words == "" && stderr != "" {
				t.Errorf("exit status %d, %s%.2000s", code, stdout, stderr)
			}
			mails := received(t, h.box)
			if len(mails) != c.mails {
				t.Errorf("%d mails", len(mails))
			}
			for _, mail := range mails {
				if strings.Contains(mail, "\nBcc:") || strings.Contains(mail, "eve@example.org>") {
					t.Errorf("%s", mail)
				}
			}
		})
	}
}

// Standard input may be a directory or closed, and standard output and error closed.
func TestSendmailStreams(t *testing.T) {
	h := newHost(t, "")
	for _, c := range []struct {
		shell string
		code  int
	}{
		{"sendmail bob@example.org </", 66},
		{"sendmail bob@example.org <&-", 65},
		{"sendmail bob@example.org <mail >&- 2>&-", 0},
		{"sendmail -bp >/dev/full", 74},
	} {
		if err := os.WriteFile(filepath.Join(h.dir, "mail"), []byte(plainMail), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("sh", "-c", c.shell)
		cmd.Dir = h.dir
		cmd.Env = []string{
			"PATH=" + h.dir + ":" + os.Getenv("PATH"), "HOME=" + h.dir, "GORACE=" + os.Getenv("GORACE"),
		}
		cmd.Run()
		if code := cmd.ProcessState.ExitCode(); code != c.code {
			t.Errorf("%s: exit status %d, want %d", c.shell, code, c.code)
		}
	}
	h.mail(t)
}
