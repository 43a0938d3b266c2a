//go:build linux

package testservers

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// A sinkProcess is a running mailpipe sink, which keeps mail as files in Mail.
type sinkProcess struct {
	workspace
	cmd        *exec.Cmd
	host, port string
}

const sinkPassword = "not so secret" // smtplib allows only ASCII

// startSink starts a sink in a workspace of its own.
func startSink(t *testing.T, flags string) *sinkProcess {
	t.Helper()
	w := newWorkspace(t)
	w.write("pw", sinkPassword+"\n")
	issuer := Issue(nil, Authority)
	ca, _ := PEM(issuer)
	cert, key := PEM(Issue(&issuer, nil))
	w.write("ca.pem", string(ca))
	w.write("cert.pem", string(cert))
	w.write("key.pem", string(key))
	w.write("mail.eml", "From: alice@example.org\r\nTo: bob@example.org\r\nSubject: x\r\n"+
		"Date: Mon, 30 Nov 2026 09:00:00 +0000\r\nMessage-ID: <1@example.org>\r\n\r\n.dot\r\nBonjour\r\n")
	w.write("client.py", pythonClient)
	cmd := w.command("sh", "-c", "exec mailpipe sink --listen 127.0.0.1:0 "+flags+" 2>messages")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	s := &sinkProcess{workspace: w, cmd: cmd}
	address := regexp.MustCompile(`listening on (.*):(\d+)\n`)
	wait(t, "address of the sink", func() bool {
		text, _ := os.ReadFile(w.path("messages"))
		m := address.FindSubmatch(text)
		if m != nil {
			s.host, s.port = string(m[1]), string(m[2])
		}
		return m != nil
	})
	return s
}

// try runs a client with the address of the sink.
func (s *sinkProcess) try(client string) result {
	s.t.Helper()
	return s.sh("HOST=" + s.host + " PORT=" + s.port + "\n" + client)
}

// mails returns the mails in Mail, and removes them.
func (s *sinkProcess) mails() []string {
	s.t.Helper()
	names, err := filepath.Glob(s.path("Mail/[^.]*.eml"))
	if err != nil {
		s.t.Fatal(err)
	}
	var all []string
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			s.t.Fatal(err)
		}
		all = append(all, string(text))
		os.Remove(name)
	}
	return all
}

// pythonClient sends mail.eml with smtplib.
const pythonClient = `
import smtplib, ssl, sys
host, port, mode = sys.argv[1:4]
context = ssl.create_default_context(cafile="ca.pem")
if mode == "smtps":
    client = smtplib.SMTP_SSL(host, int(port), context=context)
else:
    client = smtplib.SMTP(host, int(port))
if mode == "starttls":
    client.starttls(context=context)
if len(sys.argv) > 4:
    client.login("alice", open("pw").read().strip())
client.sendmail("alice@example.org", ["bob@example.org"], open("mail.eml", "rb").read())
client.quit()
`

const curl = `curl -sS --mail-from alice@example.org --mail-rcpt bob@example.org -T mail.eml `

// sinkClients are deliver and the clients of others, with flags for each kind of sink.
var sinkClients = []struct{ name, plain, clear, starttls, smtps string }{
	{
		"mailpipe",
		"mailpipe deliver -S smtp://$HOST:$PORT <mail.eml",
		"", // it sends no password in the clear
		"mailpipe deliver -S smtp://$HOST:$PORT --tls-ca ca.pem --user alice --password-file pw <mail.eml",
		"mailpipe deliver -S smtps://$HOST:$PORT --tls-ca ca.pem --user alice --password-file pw <mail.eml",
	},
	{
		"msmtp",
		msmtp + "--tls=off",
		msmtp + "--tls=off --auth=login --user=alice --passwordeval='cat pw'",
		msmtp + "--tls=on --tls-trust-file=ca.pem --auth=scram-sha-256 --user=alice --passwordeval='cat pw'",
		msmtp + "--tls=on --tls-starttls=off --tls-trust-file=ca.pem --auth=plain --user=alice --passwordeval='cat pw'",
	},
	{
		"swaks",
		swaks,
		swaks + `-a PLAIN -au alice -ap "$(cat pw)"`,
		swaks + `-tls -a LOGIN -au alice -ap "$(cat pw)"`,
		swaks + `-tlsc -a PLAIN -au alice -ap "$(cat pw)"`,
	},
	{
		"curl",
		curl + "smtp://$HOST:$PORT",
		curl + `-u "alice:$(cat pw)" smtp://$HOST:$PORT`,
		curl + `--ssl-reqd --cacert ca.pem -u "alice:$(cat pw)" smtp://$HOST:$PORT`,
		curl + `--cacert ca.pem -u "alice:$(cat pw)" smtps://$HOST:$PORT`,
	},
	{
		"python3",
		"python3 client.py $HOST $PORT plain",
		"python3 client.py $HOST $PORT plain login",
		"python3 client.py $HOST $PORT starttls login",
		"python3 client.py $HOST $PORT smtps login",
	},
}

const (
	msmtp = "msmtp --host=$HOST --port=$PORT -f alice@example.org bob@example.org <mail.eml "
	swaks = "swaks -S -s $HOST:$PORT -f alice@example.org -t bob@example.org --data @mail.eml "
)

// wantMail asserts that one mail has arrived, as it was sent.
func (s *sinkProcess) wantMail(client string) {
	s.t.Helper()
	mails := s.mails()
	if len(mails) != 1 {
		s.t.Fatalf("%s: %q", client, mails)
	}
	want := "Return-Path: <alice@example.org>\nDelivered-To: bob@example.org\n" +
		strings.ReplaceAll(s.read("mail.eml"), "\r\n", "\n")
	if got := strings.TrimRight(mails[0], "\n") + "\n"; got != want { // swaks adds an empty line
		s.t.Errorf("%s: got\n%s\nwant\n%s", client, got, want)
	}
}

const withCertificate = "--tls-cert cert.pem --tls-key key.pem "

// Each client sends to each kind of sink.
func TestSinkClients(t *testing.T) {
	t.Parallel()
	Need(t, "msmtp", "swaks", "curl", "python3")
	plain := startSink(t, "--trace --chart dialogue eml:Mail")
	clear := startSink(t, "--auth any --trace eml:Mail")
	starttls := startSink(t, "--tls --require-tls --auth alice --password-file pw --trace "+withCertificate+"eml:Mail")
	smtps := startSink(t, "--smtps --auth alice --password-file pw "+withCertificate+"eml:Mail")
	exec := startSink(t, "eml:Mail --exec sh -c 'grep -c Bonjour; echo for $MAILPIPE_RECIPIENTS'")
	for i, c := range sinkClients {
		for _, kind := range []struct {
			sink   *sinkProcess
			client string
		}{{plain, c.plain}, {clear, c.clear}, {starttls, c.starttls}, {smtps, c.smtps}, {exec, c.plain}} {
			if kind.client == "" {
				continue
			}
			kind.sink.try(kind.client).want(t, 0)
			kind.sink.wantMail(kind.client)
		}
		if i > 0 { // the chart of each session
			drawn := plain.read(fmt.Sprintf("dialogue-%d", i+1))
			if !strings.Contains(drawn, "250 2.0.0 kept as ") || !strings.Contains(drawn, "│ client │") {
				t.Errorf("%s:\n%s", c.name, drawn)
			}
		}
	}
	if n := strings.Count(exec.read("messages"), "1\nfor bob@example.org\n"); n != len(sinkClients) {
		t.Errorf("the command ran %d times:\n%s", n, exec.read("messages"))
	}
	for _, s := range []*sinkProcess{clear, starttls} {
		messages := s.read("messages")
		for _, secret := range []string{sinkPassword, "AGFsaWNl"} { // PLAIN begins with NUL alice
			if strings.Contains(messages, secret) {
				t.Errorf("a secret is shown:\n%s", messages)
			}
		}
	}
	if !strings.Contains(starttls.read("messages"), "C: AUTH SCRAM-SHA-256") {
		t.Error("no client used SCRAM-SHA-256")
	}
}

// If --reply replaces a reply once, each client fails once, and its second try succeeds.
func TestSinkClientsAgain(t *testing.T) {
	t.Parallel()
	Need(t, "msmtp", "swaks", "curl", "python3")
	for _, rule := range []string{"rcpt=451*1", "rcpt:bob@example.org=550*1", "dot=close*1", "greeting=421*1"} {
		for _, c := range sinkClients {
			s := startSink(t, "--reply "+rule+" eml:Mail")
			if r := s.try(c.plain); r.code == 0 {
				t.Errorf("%s, %s: the first try succeeds\n%s", rule, c.name, r.out)
			}
			if mails := s.mails(); len(mails) > 0 {
				t.Errorf("%s, %s: %q", rule, c.name, mails)
			}
			s.try(c.plain).want(t, 0)
			s.wantMail(c.name)
		}
	}
}

// A sink that gets SIGTERM while a mail comes in ends by the signal and leaves no part of
// it. A mail that was accepted stays.
func TestSinkEnds(t *testing.T) {
	t.Parallel()
	s := startSink(t, "eml:Mail")
	s.try(sinkClients[0].plain).want(t, 0)
	c, err := net.Dial("tcp", net.JoinHostPort(s.host, s.port))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprint(c, "EHLO x\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.org>\r\nDATA\r\nhalf\r\n")
	wait(t, "mail that comes in", func() bool {
		hidden, _ := filepath.Glob(s.path("Mail/.*.eml"))
		return len(hidden) == 1
	})
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	s.cmd.Wait()
	if ws := s.cmd.ProcessState.Sys().(syscall.WaitStatus); ws.Signal() != syscall.SIGTERM {
		t.Errorf("%v", s.cmd.ProcessState)
	}
	entries, err := os.ReadDir(s.path("Mail"))
	if err != nil || len(entries) != 1 || strings.HasPrefix(entries[0].Name(), ".") {
		t.Errorf("%v, %v", entries, err)
	}
}

// A client that ends lines with LF gets no reply to its mail. A note says why.
func TestSinkLF(t *testing.T) {
	t.Parallel()
	s := startSink(t, "eml:Mail")
	c, err := net.Dial("tcp", net.JoinHostPort(s.host, s.port))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprint(c, "HELO x\nMAIL FROM:<a@example.org>\nRCPT TO:<b@example.org>\nDATA\nSubject: x\n\nhi\n.\n")
	const note = "mailpipe: sink: the client ends lines with LF; the end of data is CR LF . CR LF\n"
	wait(t, "note", func() bool { return strings.Contains(s.read("messages"), note) })
	if mails := s.mails(); len(mails) > 0 {
		t.Errorf("%q", mails)
	}
	fmt.Fprint(c, "\r\n.\r\nQUIT\n")
	if out, err := io.ReadAll(c); err != nil || !strings.Contains(string(out), "\r\n250 2.0.0 kept as ") {
		t.Errorf("%q, %v", out, err)
	}
	if mails := s.mails(); len(mails) != 1 {
		t.Errorf("%q", mails)
	}
}

// What a client sends reaches no terminal as it is, and adds no line to a mail.
func TestSinkEscapes(t *testing.T) {
	t.Parallel()
	s := startSink(t, "--trace -v --chart chart eml:Mail")
	c, err := net.Dial("tcp", net.JoinHostPort(s.host, s.port))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprint(c, "HELO \x1b[31m\r\nMAIL FROM:<a\x1b[31m\rX-Evil:\u202e@example.org>\r\n"+
		"RCPT TO:<\x00\tb\u009b31m@example.org>\r\nDATA\r\n.\r\n\x1b[31m\r\nQUIT\r\n")
	if out, err := io.ReadAll(c); err != nil || !strings.Contains(string(out), "\r\n250 2.0.0 kept as ") {
		t.Errorf("%q, %v", out, err)
	}
	mails := s.mails()
	want := "Return-Path: <a\\x1b[31m\\x0dX-Evil:\\u{202e}@example.org>\n" +
		"Delivered-To: \\x00\\x09b\\u{009b}31m@example.org\n"
	if len(mails) != 1 || mails[0] != want {
		t.Errorf("%q, want %q", mails, want)
	}
	s.cmd.Process.Signal(syscall.SIGTERM)
	s.cmd.Wait()
	shown := s.read("messages") + s.read("chart")
	if !strings.Contains(shown, `\x1b[31m`) || !strings.Contains(shown, "mail from <a") {
		t.Errorf("%q", shown)
	}
	if strings.ContainsAny(shown, "\x00\x1b\r\t\u009b\u202e") {
		t.Errorf("not escaped: %q", shown)
	}
}
