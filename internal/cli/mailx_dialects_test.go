package cli

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"mailpipe/internal/testservers"
)

// dialects are command lines of mail that programs understand differently. For each
// of them, a pattern says what the program does: its exit status, the arguments and the
// input of its sendmail, and its standard error. mailpipe-mailx(1) has the same lines.
var dialects = []struct{ line, bsd, gnu, nail, ours string }{
	{
		"mail -s x -a FILE bob",
		`^0 -i -t\nTo: bob\nSubject: x\nFILE\n`,
		`^0 .*\nSubject: x\nTo: bob\n\ntext\n.*Invalid header: FILE\n$`,
		`^0 -i -- bob\n(?s:.*) filename="FILE"\n`,
		"Subject=x;files=FILE text/plain data;notes=",
	},
	{
		"mail -s x -A FILE bob",
		`^1 \n.*invalid option -- 'A'\nusage:`,
		`^0 .*\n(?s:.*)filename="?FILE"?\n`,
		`^68 \n.*account does not exist: FILE\n`,
		"Subject=x;files=FILE text/plain data;notes=",
	},
	{
		"mail -s x -a 'X-H: v' bob",
		`^0 -i -t\nTo: bob\nSubject: x\nX-H: v\n`,
		`^0 .*\nSubject: x\nX-H: v\nTo: bob\n`,
		`^1 \n.*Failed to access attachment 'X-H: v'`,
		"Subject=x;X-H=v;files=;notes=",
	},
	{
		"mail -E 'set escape' -s x bob",
		`^0 -i -t\nTo: bob, set escape\nSubject: x\n`,
		`^0 .*\nSubject: x\nTo: bob\n`,
		`^4 -i -- x bob\nTo: x, bob\n\ntext\n`,
		"Subject=x;Delivered-To=bob@example.com;notes=",
	},
	{
		"mail -s x bob -- -f a@x.org",
		`^0 -i -t\nTo: -f, a@x.org, bob\nSubject: x\n`,
		`^0 .*\nSubject: x\nTo: <bob@.*>,<-f@.*>,<a@x.org>\n`,
		`^68 \n`,
		"Return-Path=a@x.org;Delivered-To=bob@example.com;From=root|host@example.org;notes=",
	},
	{
		"mail -s x bob -r a@x.org",
		`^0 -i -t -f a@x.org\nFrom: a@x.org\nTo: bob\n`,
		`^0 -oi -f a@x.org -t\nSubject: x\nTo: bob\n`,
		`^4 -i -- bob a@x.org\nTo: bob, a@x.org\n`,
		"Return-Path=a@x.org;From=|a@x.org;Delivered-To=bob@example.com;notes=",
	},
	{
		"mail -s x -r 'Al <a@x.org>' bob",
		`^0 -i -t -f a@x.org\nFrom: Al <a@x.org>\n`,
		`^0 -oi -f Al -t\nSubject: x\nTo: bob\n`,
		`^0 -i -F Al -f a@x.org -- bob\nFrom: Al <a@x.org>\n`,
		"Return-Path=a@x.org;From=Al|a@x.org;notes=",
	},
	{
		`mail -s $'sub\nContent-Type: text/html' bob`,
		`^0 -i -t\nTo: bob\nSubject: sub Content-Type: text/html\n`,
		`^0 .*\nSubject: sub\nContent-Type: text/html\nTo: bob\n`,
		`^0 -i -- bob\nTo: bob\nSubject: sub Content-Type: text/html\n`,
		"Subject=sub;html=text;notes=the subject has several lines: only the first one is used",
	},
	{
		"mail -s Résumé -c c -b d 'bob, eve'",
		`^0 -i -t\nTo: bob, eve\nSubject: Résumé\nCc: c\nBcc: d\n`,
		`^1 \n.*unrecognized option '-c'\n`,
		`^4 -i -- c d\nCc: c\n(?s:.*)'bob, eve' contains invalid byte ','\n`,
		"Subject=Résumé;To=bob|bob@example.com, eve|eve@example.com;Cc=c|c@example.com;Bcc=;" +
			"Delivered-To=bob@example.com eve@example.com c@example.com d@example.com;notes=",
	},
}

// The programs, with the sendmail that they call.
const (
	bsdMailx = `mail() { MAILRC=mailrc bsd-mailx "$@"; }; `
	gnuMail  = `mail() { mail.mailutils -E "set sendmail=sendmail:$HOME/recorder" "$@"; }; `
	sNail    = `mail() { MAILRC=/dev/null s-nail -n -S mta=$HOME/recorder -S sendwait "$@"; }; `
)

// recorder takes the place of sendmail.
const recorder = "#!/bin/sh\n{ echo \"$*\"; cat; } >sent\n"

// peers is where .ci/peers unpacks the programs that exclude each other.
const peers = "../../testdata/peers/usr/bin"

func TestDialects(t *testing.T) {
	page, err := os.ReadFile("../../man/mailpipe-mailx.1")
	if err != nil {
		t.Fatal(err)
	}
	for i, d := range dialects {
		t.Run(strconv.Itoa(i+1), func(t *testing.T) {
			for _, other := range []struct{ name, function, want string }{
				{"bsd-mailx", bsdMailx, d.bsd}, {"mail.mailutils", gnuMail, d.gnu}, {"s-nail", sNail, d.nail},
			} {
				t.Run(other.name, func(t *testing.T) { testDialect(t, other.name, other.function+d.line, other.want) })
			}
			h := newMailxHost(t)
			if err := os.Symlink(h.sendmail, filepath.Join(h.dir, "mail")); err != nil {
				t.Fatal(err)
			}
			code, stderr := runDialect(t, h.dir, "PATH=.:$PATH "+d.line)
			if code != 0 {
				t.Errorf("exit status %d", code)
			}
			checkMailx(t, h.box, stderr, d.ours)
			if line := strings.ReplaceAll(d.line, `\`, `\e`); !strings.Contains(string(page), "\n"+line+"\n") {
				t.Errorf("the man page lacks %s", line)
			}
		})
	}
}

// testDialect runs a command line with another program.
func testDialect(t *testing.T, program, script, want string) {
	if program == "s-nail" {
		testservers.Need(t, program)
	} else {
		testservers.NeedFiles(t, peers+"/"+program, ".ci/peers")
	}
	dir := t.TempDir()
	for name, text := range map[string]string{"recorder": recorder, "mailrc": "set sendmail=" + dir + "/recorder\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	code, stderr := runDialect(t, dir, script)
	sent, err := os.ReadFile(filepath.Join(dir, "sent"))
	if err != nil {
		sent = []byte("\n")
	}
	variable := regexp.MustCompile(`(?m)^(Date|Message-ID|X-Mailer|User-Agent): .*\n`)
	got := fmt.Sprintf("%d %s%s", code, variable.ReplaceAllString(string(sent), ""), stderr)
	if !regexp.MustCompile(want).MatchString(got) {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

// runDialect runs a script in a directory with a file named FILE. It returns the exit
// status and standard error.
func runDialect(t *testing.T, dir, script string) (code int, stderr string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, "FILE"), []byte("data\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	unpacked, err := filepath.Abs(peers)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-c", script)
	cmd.Dir = dir
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH") + ":" + unpacked, "HOME=" + dir, "LC_ALL=C.UTF-8", "NAME=root", "DEAD=/dev/null",
		"GORACE=" + os.Getenv("GORACE"),
	}
	cmd.Stdin = strings.NewReader("text\n")
	var out strings.Builder
	cmd.Stderr = &out
	cmd.Run()
	return cmd.ProcessState.ExitCode(), out.String()
}
