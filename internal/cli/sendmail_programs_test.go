package cli

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jhillyerd/enmime/v2"
)

// A host is a directory with a program called sendmail, whose configuration names a
// sink.
type host struct{ dir, sendmail, box string }

func newHost(t *testing.T, account string) host {
	t.Helper()
	dir := t.TempDir()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	h := host{dir, filepath.Join(dir, "sendmail"), filepath.Join(dir, "box")}
	if err := os.Symlink(program, h.sendmail); err != nil {
		t.Fatal(err)
	}
	if account == "" {
		account = "server = \"smtp://" + startSink(t, h.box) + "\""
	}
	configure(t, dir, "[accounts.x]\n"+account+"\nfrom = \""+accountFrom+"\"\n"+
		"[sendmail]\nlog = \""+dir+"/log\"\ndomain = \"example.com\"\n")
	return h
}

// run runs a program and returns whether it succeeded and what it printed.
func (h host) run(t *testing.T, name string, args ...string) (ok bool, output string) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skip(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = h.dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + h.dir, "XDG_CONFIG_HOME=" + filepath.Join(h.dir, ".config"),
		"LC_ALL=C.UTF-8", "TERM=dumb"}
	cmd.Stdin = strings.NewReader("text é\n")
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		t.Fatal(ctx.Err())
	}
	return err == nil, string(out)
}

// mail returns the only mail that has arrived.
func (h host) mail(t *testing.T) *enmime.Envelope {
	t.Helper()
	mails := received(t, h.box)
	if len(mails) != 1 {
		t.Fatalf("%d mails", len(mails))
	}
	e, err := enmime.ReadEnvelope(strings.NewReader(mails[0]))
	if err != nil || len(e.Errors) > 0 {
		t.Fatalf("%v, %v\n%s", err, e.Errors, mails[0])
	}
	return e
}

const phpScript = `var_dump(mail("bob@example.org", "Résumé", "l1\r\nl2 é\n.\nend",
	"From: www@example.net\r\nX-A: b\r\n", "-fb@example.net"));`

func TestPHP(t *testing.T) {
	h := newHost(t, "")
	ok, out := h.run(t, "php", "-d", "sendmail_path="+h.sendmail+" -t -i", "-r", phpScript)
	if !ok || out != "bool(true)\n" {
		t.Fatal(out)
	}
	e := h.mail(t)
	for _, c := range [][2]string{
		{e.GetHeader("Return-Path"), "<b@example.net>"},
		{e.GetHeader("Delivered-To"), "bob@example.org"},
		{e.GetHeader("From"), "www@example.net"},
		{e.GetHeader("Subject"), "Résumé"},
		{e.GetHeader("X-A"), "b"},
	} {
		if c[0] != c[1] {
			t.Errorf("got %q, want %q", c[0], c[1])
		}
	}
	// PHP names no charset. A message that deliver accepts is sent as it is.
	if raw := received(t, h.box)[0]; !strings.HasSuffix(raw, "\n\nl1\nl2 é\n.\nend\n") {
		t.Errorf("%q", raw)
	}
}

func TestPHPRefused(t *testing.T) {
	h := newHost(t, `server = "smtp://127.0.0.1:1"`)
	_, out := h.run(t, "php", "-d", "sendmail_path="+h.sendmail+" -t -i", "-r", phpScript)
	if !strings.Contains(out, "bool(false)") {
		t.Error(out)
	}
	log, err := os.ReadFile(filepath.Join(h.dir, "log"))
	if err != nil || !strings.Contains(string(log), " status=75 ") {
		t.Errorf("%s, %v", log, err)
	}
}

func TestMutt(t *testing.T) {
	h := newHost(t, "")
	muttrc := "set sendmail=\"" + h.sendmail + " -oem -oi\"\nset use_envelope_from=yes\nset from=alice@example.net\n" +
		"set dsn_notify=failure\nset use_8bitmime=yes\nset copy=no\n"
	if err := os.WriteFile(filepath.Join(h.dir, ".muttrc"), []byte(muttrc), 0o600); err != nil {
		t.Fatal(err)
	}
	chart, err := filepath.Abs("../../testdata/chart.png")
	if err != nil {
		t.Fatal(err)
	}
	ok, out := h.run(t, "mutt", "-s", "é", "-a", chart, "--", "bob@example.org")
	if !ok {
		t.Fatal(out)
	}
	e := h.mail(t)
	want, err := os.ReadFile(chart)
	if err != nil {
		t.Fatal(err)
	}
	if len(e.Attachments) != 1 || string(e.Attachments[0].Content) != string(want) {
		t.Errorf("%d attachments", len(e.Attachments))
	}
	for _, c := range [][2]string{
		{e.GetHeader("Return-Path"), "<alice@example.net>"},
		{e.GetHeader("Delivered-To"), "bob@example.org"},
		{e.GetHeader("Subject"), "é"},
		{strings.TrimSpace(e.Text), "text é"},
	} {
		if c[0] != c[1] {
			t.Errorf("got %q, want %q", c[0], c[1])
		}
	}
}

// s-nail calls sendmail with -i and, with -r, -f.
func TestSNail(t *testing.T) {
	h := newHost(t, "")
	ok, out := h.run(t, "s-nail", "-n", "-S", "mta="+h.sendmail, "-S", "ttycharset=utf-8", "-S", "sendcharsets=utf-8",
		"-r", "alice@example.net", "-s", "é", "bob@example.org", "root@localhost")
	if !ok {
		t.Fatal(out)
	}
	e := h.mail(t)
	if to := strings.Join(e.Root.Header.Values("Delivered-To"), " "); to != "bob@example.org root@example.com" {
		t.Error(to)
	}
	if e.GetHeader("Return-Path") != "<alice@example.net>" || e.GetHeader("Subject") != "é" {
		t.Error(e.Root.Header)
	}
}

// Users of the host submit to a socket, for which systemd starts sendmail -bs.
func TestSocket(t *testing.T) {
	h := newHost(t, "")
	program := filepath.Join(h.dir, "mailpipe")
	if err := os.Rename(h.sendmail, program); err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(h.dir, "submit")
	if _, err := exec.LookPath("systemd-socket-activate"); err != nil {
		t.Skip(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	server := exec.CommandContext(ctx, "systemd-socket-activate", "--accept", "--inetd", "-l", socket,
		"-E", "HOME="+h.dir, program, "sendmail", "-bs")
	server.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + h.dir}
	stderr, err := server.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	defer server.Wait()
	defer cancel()
	if _, err := bufio.NewReader(stderr).ReadString('\n'); err != nil { // Listening on
		t.Fatal(err)
	}
	go io.Copy(io.Discard, stderr)
	r := dropInRun{dir: t.TempDir(), stdin: "From: root@localhost\nTo: bob@example.org\nSubject: x\n\ntext\n"}
	code, _, output := r.run(t, "mailpipe", "deliver", "-S", "smtp+unix:"+socket)
	if code != 0 {
		t.Fatalf("exit status %d, %s", code, output)
	}
	e := h.mail(t)
	for _, c := range [][2]string{
		{e.GetHeader("Return-Path"), "<" + accountFrom + ">"},
		{e.GetHeader("Delivered-To"), "bob@example.org"},
		{strings.TrimSpace(e.Text), "text"},
	} {
		if c[0] != c[1] {
			t.Errorf("got %q, want %q", c[0], c[1])
		}
	}
}
