package cli

import (
	"bytes"
	"context"
	"mime"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jhillyerd/enmime/v2"

	"mailpipe/internal/testservers"
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

// run runs a shell script in the directory of the host, with a text as its input. It
// returns whether it succeeded and what it printed. $SENDMAIL is the program, $CHART
// a file to attach.
func (h host) run(t *testing.T, script string) (ok bool, output string) {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-euc", script)
	cmd.Dir = h.dir
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH") + ":" + root + "/testdata/peers/usr/bin", "HOME=" + h.dir,
		"XDG_CONFIG_HOME=" + filepath.Join(h.dir, ".config"), "LC_ALL=C.UTF-8", "TERM=dumb", "NAME=Full Name",
		"SENDMAIL=" + h.sendmail, "CHART=" + root + "/testdata/chart.png",
		"GORACE=" + os.Getenv("GORACE"),
	}
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
	return readMail(t, onlyMail(t, h.box))
}

// onlyMail returns the only mail that a sink has stored.
func onlyMail(t *testing.T, dir string) string {
	t.Helper()
	mails := received(t, dir)
	if len(mails) != 1 {
		t.Fatalf("%d mails", len(mails))
	}
	return mails[0]
}

// readMail reads a mail. It must have no defects, and one From, Date and Message-ID.
func readMail(t *testing.T, mail string) *enmime.Envelope {
	t.Helper()
	e, err := enmime.ReadEnvelope(strings.NewReader(mail))
	if err != nil || len(e.Errors) > 0 {
		t.Fatalf("%v, %v\n%s", err, e.Errors, mail)
	}
	for _, name := range []string{"From", "Date", "Message-Id"} {
		if n := len(e.Root.Header.Values(name)); n != 1 {
			t.Errorf("%d fields %s\n%s", n, name, mail)
		}
	}
	return e
}

// log returns what the program has logged.
func (h host) log(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(h.dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// fields are header fields after decoding. Return-Path is the envelope sender, and
// Delivered-To has the recipients.
type fields map[string]string

// check compares the header of a mail with what is expected.
func (want fields) check(t *testing.T, e *enmime.Envelope) {
	t.Helper()
	for name, value := range want {
		var all []string
		for _, v := range e.Root.Header.Values(name) {
			decoded, err := new(mime.WordDecoder).DecodeHeader(v)
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			all = append(all, decoded)
		}
		if got := strings.Join(all, " "); got != value {
			t.Errorf("%s: got %q, want %q", name, got, value)
		}
	}
}

// recording returns the same host with a sendmail that keeps its input.
func (h host) recording(t *testing.T) host {
	t.Helper()
	script := "#!/bin/sh\ntee " + h.dir + "/input | " + h.sendmail + " \"$@\"\n"
	h.sendmail = filepath.Join(h.dir, "recording")
	if err := os.WriteFile(h.sendmail, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	return h
}

// written returns the fields that a program wrote, after decoding, except for those that
// sendmail may change.
func (h host) written(t *testing.T) fields {
	t.Helper()
	input, err := os.ReadFile(filepath.Join(h.dir, "input"))
	if err != nil {
		t.Fatal(err)
	}
	_, mail, inSMTP := strings.Cut(string(input), "DATA\r\n")
	if !inSMTP {
		mail = string(input)
	}
	e, err := enmime.ReadEnvelope(strings.NewReader(mail))
	if err != nil {
		t.Fatal(err)
	}
	all := fields{}
	for name := range e.Root.Header {
		if !slices.Contains(changedFields, name) {
			all[name] = e.GetHeader(name)
		}
	}
	if len(all) < 2 {
		t.Errorf("wrote only %s", all)
	}
	return all
}

var changedFields = []string{"From", "To", "Cc", "Bcc", "Mime-Version", "Content-Type", "Content-Transfer-Encoding"}

// Programs that users run send through sendmail what they were given.
func TestPrograms(t *testing.T) {
	chart, err := os.ReadFile("../../testdata/chart.png")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range programs {
		t.Run(p.name, func(t *testing.T) {
			need(t, p.needs)
			h := newHost(t, "")
			ok, out := h.recording(t).run(t, p.script)
			if !ok || out != p.output {
				t.Fatalf("%q", out)
			}
			e := h.mail(t)
			p.want.check(t, e)
			h.written(t).check(t, e)
			if text := strings.ReplaceAll(e.Text, "\r\n", "\n"); !strings.HasPrefix(text, p.text) {
				t.Errorf("got %q, want %q", text, p.text)
			}
			switch {
			case p.attaches && len(e.Attachments) == 1:
				a := e.Attachments[0]
				if a.FileName != "chart.png" || !bytes.Equal(a.Content, chart) {
					t.Errorf("%s, %d octets", a.FileName, len(a.Content))
				}
			case p.attaches, len(e.Attachments) > 0:
				t.Errorf("%d attachments", len(e.Attachments))
			}
		})
	}
}

// need skips the test, or fails it as testservers.Need does, if a program or file is
// missing.
func need(t *testing.T, name string) {
	t.Helper()
	if filepath.IsAbs(name) {
		testservers.NeedFiles(t, name, ".ci/run")
		return
	}
	testservers.Need(t, name)
}

// PHP names no charset. A message that deliver accepts is sent as it is.
func TestPHP(t *testing.T) {
	need(t, "php")
	h := newHost(t, "")
	ok, out := h.run(t, php)
	if !ok || out != "bool(true)\n" {
		t.Fatal(out)
	}
	fields{
		"Return-Path": "<b@example.net>", "Delivered-To": "bob@example.org", "From": "www@example.net",
		"To": "bob@example.org", "Subject": "Résumé", "X-A": "b",
	}.check(t, h.mail(t))
	if raw := received(t, h.box)[0]; !strings.HasSuffix(raw, "\n\nl1\nl2 é\n.\nend\n") {
		t.Errorf("%q", raw)
	}
}

// A program learns that the server refused its mail, and the log says why. If one of
// the recipients of a mail over SMTP is refused, none gets it.
func TestProgramsRefused(t *testing.T) {
	for _, c := range []struct{ name, needs, script, rule, output, log string }{
		{"PHP", "php", php, "rcpt=451", "bool(false)", " code=451 status=75 "},
		{"Symfony", symfonyFile, symfony, "rcpt:eve@example.org=550 5.1.1 no such user",
			`but got code "550", with message "550 5.1.1 no such user"`, " code=550 status=69 "},
		{"git send-email", gitFile, gitSendEmail + " -1", "dot=554 5.7.1 no", "refused: 554 5.7.1 no\n",
			" code=554 status=69 "},
		{"Email::Sender", emailSenderFile, emailSender, "mail=450", "error when closing pipe", " code=450 status=75 "},
	} {
		t.Run(c.name, func(t *testing.T) {
			need(t, c.needs)
			box := filepath.Join(t.TempDir(), "box")
			h := newHost(t, "server = \"smtp://"+startSink(t, box, c.rule)+"\"")
			_, out := h.run(t, c.script)
			if !strings.Contains(out, c.output) {
				t.Errorf("%s", out)
			}
			if log := h.log(t); !strings.Contains(log, c.log) {
				t.Errorf("log: %s", log)
			}
			if mails := received(t, box); len(mails) > 0 {
				t.Errorf("%s", mails[0])
			}
		})
	}
}

// No server can be reached.
func TestPHPUnreachable(t *testing.T) {
	need(t, "php")
	h := newHost(t, `server = "smtp://127.0.0.1:1"`)
	if _, out := h.run(t, php); !strings.Contains(out, "bool(false)") || !strings.Contains(h.log(t), " status=75 ") {
		t.Errorf("%s\n%s", out, h.log(t))
	}
}
