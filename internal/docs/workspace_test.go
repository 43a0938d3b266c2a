package docs

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"mailpipe/internal/sink"
	"mailpipe/internal/submit"
	"mailpipe/internal/subprocess"
	"mailpipe/internal/testservers"
)

// TestMain also runs as a stand-in, selected by its program name, for
// programs of the README that need a network, a key or a user.
func TestMain(m *testing.M) {
	switch filepath.Base(os.Args[0]) {
	case "go": // go build . has been run already
		if err := os.Symlink(os.Getenv("DOCS_MAILPIPE"), "mailpipe"); err != nil {
			panic(err)
		}
	case "pass":
		fmt.Println(password)
	case "ssh": // runs the command on this machine
		c := exec.Command(os.Args[2], os.Args[3:]...)
		c.Stdin, c.Stdout, c.Stderr = os.Stdin, os.Stdout, os.Stderr
		if c.Run() != nil {
			os.Exit(1)
		}
	case "nc": // connects to the test server, whatever the port
		c, err := net.Dial("tcp", os.Getenv("DOCS_SERVER"))
		if err != nil {
			panic(err)
		}
		go io.Copy(c, os.Stdin)
		io.Copy(os.Stdout, c)
	case "systemctl":
		fmt.Println(os.Args[1:])
	case "sleep": // until the sink listens
		for end := time.Now().Add(20 * time.Second); time.Now().Before(end); {
			if c, err := net.Dial("tcp", os.Getenv("DOCS_SINK")); err == nil {
				c.Close()
				return
			}
		}
		os.Exit(1)
	case "mutt": // checks that its operand is a Maildir
		if _, err := os.Stat(filepath.Join(os.Args[2], "cur")); os.Args[1] != "-f" || err != nil {
			panic(fmt.Sprint(os.Args, err))
		}
	default:
		os.Exit(tests(m))
	}
}

// program is the path of mailpipe, built as a user builds it.
var program string

func tests(m *testing.M) int {
	dir, err := os.MkdirTemp("", "mailpipe")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	if program, err = testservers.Build(filepath.Join(dir, "mailpipe")); err != nil {
		fmt.Println(err)
		return 1
	}
	return m.Run()
}

var standIns = []string{"go", "pass", "ssh", "nc", "sleep", "mutt", "systemctl"}

const (
	user     = "alice@example.com"
	password = "not so secret"
)

// A workspace is a directory with the files that the examples use, and the
// servers that they name: mail.example.org accepts all mail unencrypted,
// smtp.example.com requires TLS and a login, and relay.example.net has a
// self-signed certificate.
type workspace struct {
	t     *testing.T
	dir   string
	open  string // address of mail.example.org
	local string // address at which a sink of the examples listens
	env   []string
	names *strings.Replacer
}

func newWorkspace(t *testing.T) *workspace {
	t.Helper()
	w := &workspace{t: t, dir: t.TempDir()}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join(w.dir, ".bin")
	if err := os.Mkdir(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range standIns {
		w.link(self, ".bin/"+name)
	}
	w.link(program, ".bin/mailpipe")
	images, err := filepath.Abs(filepath.Join(root, "testdata"))
	if err != nil {
		t.Fatal(err)
	}
	w.link(images, "testdata")
	w.link(filepath.Join(images, "chart.png"), "chart.png")
	w.link(filepath.Join(images, "photo.jpg"), "photo.jpg")
	w.write("report.txt", "All is well.\n")
	w.write("list.txt", "Bob bob@example.org\nCarol carol@example.org\n")
	w.write("page.html", "<p>See <img src=\"chart.png\"></p>\n")
	w.write("data/x", "1\n")
	w.write("spool/.keep", "")
	w.write("log", "error: disk full\n")
	w.write("backup", "#!/bin/sh\necho no room\nexit 3\n")
	w.write(".mail-password", password+"\n")
	w.write("mail.eml", `From: alice@example.org
To: bob@example.org
Subject: Report
Date: Sun, 01 Mar 2026 12:00:00 +0000
Message-ID: <1@example.org>

All is well.
`)

	w.open = w.serve("127.0.0.1", sink.Options{})
	w.local = "127.0.0.1:" + testservers.FreePort(t)
	trusted := testservers.Issue(nil, nil)
	root, _ := testservers.PEM(trusted)
	w.write(".root.pem", string(root))
	secure := w.serveTLS(trusted, &submit.Login{User: user, Password: password})
	host, port, _ := net.SplitHostPort(secure)
	w.write(".msmtprc", `account default
host `+host+`
port `+port+`
tls on
auth on
user alice@example.com
passwordeval pass show mail
from alice@example.com
`)
	relay := w.serveTLS(testservers.Issue(nil, nil), nil)
	_, port, _ = net.SplitHostPort(w.open)
	w.names = strings.NewReplacer(
		"smtp://mail.example.org", "smtp://"+w.open,
		"mail.example.org:25", w.open,
		"--host=mail.example.org", "--host=127.0.0.1 --port="+port,
		"--server mail.example.org", "--server "+w.open,
		"submission://smtp.example.com", "submission://"+secure,
		"smtp://relay.example.net", "smtp://"+relay,
		"127.0.0.1:2525", w.local,
		"mailpipe sink --count", "mailpipe sink --listen "+w.local+" --count",
		"mailpipe sink --reply", "mailpipe sink --listen "+w.local+" --reply",
		"mailpipe sink --tls", "mailpipe sink --listen "+w.local+" --tls",
		// The tests of internal/testservers use a real one.
		"pipe:/usr/sbin/sendmail -bs", "pipe:mailpipe -S smtp://"+w.open+" sendmail -bs",
		"/usr/sbin/sendmail", w.dir+"/sendmail",
		"/usr/local/bin/mailpipe", program,
		"/etc/aliases", w.dir+"/aliases",
		"/etc/msmtprc", w.dir+"/.msmtprc",
		"/etc/mailpipe/password", w.dir+"/.mail-password",
		"/var/", w.dir+"/var-",
	)
	w.env = []string{
		"PATH=" + bin + ":" + os.Getenv("PATH"),
		"HOME=" + w.dir,
		"LC_ALL=C.UTF-8",
		"SSL_CERT_FILE=" + filepath.Join(w.dir, ".root.pem"),
		"DOCS_MAILPIPE=" + program,
		"DOCS_SERVER=" + w.open,
		"DOCS_SINK=" + w.local,
		"GIT_DIR=" + w.repository(),
	}
	return w
}

func (w *workspace) link(to, name string) {
	w.t.Helper()
	if err := os.Symlink(to, filepath.Join(w.dir, name)); err != nil {
		w.t.Fatal(err)
	}
}

func (w *workspace) write(name, text string) {
	w.t.Helper()
	name = filepath.Join(w.dir, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o700); err != nil {
		w.t.Fatal(err)
	}
}

// configure writes a configuration for the servers of the workspace. The workspace has
// a file of aliases in place of /etc/aliases.
func (w *workspace) configure(config string) {
	w.t.Helper()
	if !strings.Contains(config, "aliases = ") {
		config += "[sendmail]\naliases = \"/etc/aliases\"\n"
	}
	w.write("aliases", "")
	w.write(".config/mailpipe/config.toml", w.names.Replace(config))
}

// repository returns the directory of a git repository with one commit. If git
// is not installed, the directory does not exist.
func (w *workspace) repository() string {
	dir := filepath.Join(w.dir, ".repository")
	if _, err := exec.LookPath("git"); err != nil {
		return dir
	}
	w.write(".repository/main.go", "package main\n")
	for _, args := range []string{
		"init -q",
		"add main.go",
		"-c user.name=Alice -c user.email=alice@example.org commit -q -m main:_begin",
	} {
		c := exec.Command("git", append([]string{"-C", dir}, strings.Fields(args)...)...)
		c.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + w.dir}
		if out, err := c.CombinedOutput(); err != nil {
			w.t.Fatalf("git %s: %v\n%s", args, err, out)
		}
	}
	return filepath.Join(dir, ".git")
}

func (w *workspace) listen(host string) (l net.Listener, addr string) {
	w.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { l.Close() })
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return l, net.JoinHostPort(host, port)
}

// serve starts a sink that stores mail in .received and returns its address.
func (w *workspace) serve(host string, opt sink.Options) string {
	l, addr := w.listen(host)
	ctx, cancel := context.WithCancel(context.Background())
	w.t.Cleanup(cancel)
	opt.Dir = filepath.Join(w.dir, ".received")
	go sink.Serve(ctx, l, opt)
	return addr
}

// serveTLS starts a sink that offers STARTTLS, and requires a login unless it is nil.
func (w *workspace) serveTLS(cert tls.Certificate, login *submit.Login) string {
	return w.serve("localhost", sink.Options{TLS: &tls.Config{Certificates: []tls.Certificate{cert}}, Login: login})
}

// delivered returns how many mails arrived at any of the servers.
func (w *workspace) delivered() int {
	n := 0
	for _, box := range []string{".received/new/*", "Mail/new/*", "Mail/*.eml"} {
		names, _ := filepath.Glob(filepath.Join(w.dir, box))
		n += len(names)
	}
	return n
}

var expectation = regexp.MustCompile(`(?m)^#> (.*\n)`)

// run runs a block with sh and returns what it printed to standard error. Lines
// of the block that begin with #> are its expected standard output.
func (w *workspace) run(block string) (stderr string) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, "sh", "-c", w.names.Replace(block))
	c.Dir = w.dir
	c.Env = w.env
	subprocess.KillWithChildren(c)
	var out, messages strings.Builder
	c.Stdout, c.Stderr = &out, &messages
	if err := c.Run(); err != nil {
		w.t.Errorf("%v\n%s\n%s%s", err, block, &out, &messages)
	}
	if expected := expectation.FindAllStringSubmatch(block, -1); expected != nil {
		var want strings.Builder
		for _, w := range expected {
			want.WriteString(w[1])
		}
		if out.String() != want.String() {
			w.t.Errorf("%s\nprinted %q, want %q\n%s", block, out.String(), want.String(), &messages)
		}
	}
	return messages.String()
}
