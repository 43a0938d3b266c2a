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
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"mailpipe/internal/sink"
	"mailpipe/internal/testservers"
)

// TestMain is also the stand-ins, by the name it is called: programs of the
// README that need a network, a key or a person.
func TestMain(m *testing.M) {
	switch filepath.Base(os.Args[0]) {
	case "go": // build . has been done
		if err := os.Symlink(os.Getenv("DOCS_MAILPIPE"), "mailpipe"); err != nil {
			panic(err)
		}
	case "pass":
		fmt.Println(password)
	case "ssh": // the other machine is this one
		c := exec.Command(os.Args[2], os.Args[3:]...)
		c.Stdin, c.Stdout, c.Stderr = os.Stdin, os.Stdout, os.Stderr
		if c.Run() != nil {
			os.Exit(1)
		}
	case "nc": // port 25 of the other machine
		c, err := net.Dial("tcp", os.Getenv("DOCS_SERVER"))
		if err != nil {
			panic(err)
		}
		go io.Copy(c, os.Stdin)
		io.Copy(os.Stdout, c)
	case "sleep": // as long as it takes that the sink listens
		for end := time.Now().Add(20 * time.Second); time.Now().Before(end); {
			if c, err := net.Dial("tcp", os.Getenv("DOCS_SINK")); err == nil {
				c.Close()
				return
			}
		}
		os.Exit(1)
	case "mutt": // opens a Maildir
		if _, err := os.Stat(filepath.Join(os.Args[2], "cur")); os.Args[1] != "-f" || err != nil {
			panic(fmt.Sprint(os.Args, err))
		}
	default:
		os.Exit(tests(m))
	}
}

// program is the real one, as a user builds it.
var program string

func tests(m *testing.M) int {
	dir, err := os.MkdirTemp("", "mailpipe")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "mailpipe")
	build := exec.Command("go", "build", "-buildvcs=false", "-o", program, ".")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Printf("go build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

var standIns = []string{"go", "pass", "ssh", "nc", "sleep", "mutt"}

const (
	user     = "alice@example.com"
	password = "not so secret"
)

// desk is a folder with what the examples work on, and the servers that they
// name: mail.example.org takes everything in clear, smtp.example.com wants TLS
// and a login, relay.example.net has a certificate that nobody signed.
type desk struct {
	t     *testing.T
	dir   string
	open  string // address of mail.example.org
	local string // where a sink of the examples listens
	env   []string
	names *strings.Replacer
	kept  atomic.Int64 // mails at the servers with TLS
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{t: t, dir: t.TempDir()}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join(d.dir, ".bin")
	if err := os.Mkdir(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range standIns {
		d.link(self, ".bin/"+name)
	}
	d.link(program, ".bin/mailpipe")
	pictures, err := filepath.Abs(filepath.Join(root, "testdata"))
	if err != nil {
		t.Fatal(err)
	}
	d.link(pictures, "testdata")
	d.link(filepath.Join(pictures, "chart.png"), "chart.png")
	d.link(filepath.Join(pictures, "photo.jpg"), "photo.jpg")
	d.write("report.txt", "All is well.\n")
	d.write("list.txt", "Bob bob@example.org\nCarol carol@example.org\n")
	d.write("page.html", "<p>See <img src=\"chart.png\"></p>\n")
	d.write("data/x", "1\n")
	d.write("spool/.keep", "")
	d.write("log", "error: disk full\n")
	d.write("backup", "#!/bin/sh\necho no room\nexit 3\n")
	d.write(".mail-password", password+"\n")
	d.write("mail.eml", "From: alice@example.org\nTo: bob@example.org\nSubject: Report\nDate: Sun, 01 Mar 2026 12:00:00 +0000\nMessage-ID: <1@example.org>\n\nAll is well.\n")

	d.open = d.serveOpen()
	d.local = freePort(t)
	trusted := testservers.NewCertificate(t, t.TempDir())
	secure := d.serveTLS(trusted)
	host, port, _ := net.SplitHostPort(secure)
	d.write(".msmtprc", "account default\nhost "+host+"\nport "+port+"\ntls on\nauth on\nuser alice@example.com\npasswordeval pass show mail\nfrom alice@example.com\n")
	relay := d.serveTLS(testservers.NewCertificate(t, t.TempDir()))
	_, port, _ = net.SplitHostPort(d.open)
	d.names = strings.NewReplacer(
		"smtp://mail.example.org", "smtp://"+d.open,
		"--host=mail.example.org", "--host=127.0.0.1 --port="+port,
		"--server mail.example.org", "--server "+d.open,
		"submission://smtp.example.com", "submission://"+secure,
		"smtp://relay.example.net", "smtp://"+relay,
		"127.0.0.1:2525", d.local,
		"mailpipe sink --count", "mailpipe sink --listen "+d.local+" --count",
		"mailpipe sink --reply", "mailpipe sink --listen "+d.local+" --reply",
	)
	d.env = []string{
		"PATH=" + bin + ":" + os.Getenv("PATH"),
		"HOME=" + d.dir,
		"LC_ALL=C.UTF-8",
		"SSL_CERT_FILE=" + trusted.CA,
		"DOCS_MAILPIPE=" + program,
		"DOCS_SERVER=" + d.open,
		"DOCS_SINK=" + d.local,
		"GIT_DIR=" + d.repository(),
	}
	return d
}

func (d *desk) link(to, name string) {
	d.t.Helper()
	if err := os.Symlink(to, filepath.Join(d.dir, name)); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) write(name, text string) {
	d.t.Helper()
	name = filepath.Join(d.dir, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		d.t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o700); err != nil {
		d.t.Fatal(err)
	}
}

// repository makes one with a commit, where git is installed.
func (d *desk) repository() string {
	dir := filepath.Join(d.dir, ".repository")
	if _, err := exec.LookPath("git"); err != nil {
		return dir
	}
	d.write(".repository/main.go", "package main\n")
	for _, args := range []string{"init -q", "add main.go", "-c user.name=Alice -c user.email=alice@example.org commit -q -m main:_begin"} {
		c := exec.Command("git", append([]string{"-C", dir}, strings.Fields(args)...)...)
		c.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + d.dir}
		if out, err := c.CombinedOutput(); err != nil {
			d.t.Fatalf("git %s: %v\n%s", args, err, out)
		}
	}
	return filepath.Join(dir, ".git")
}

// freePort is one that a sink of the examples can have.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func (d *desk) listen(host string) (l net.Listener, addr string) {
	d.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { l.Close() })
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return l, net.JoinHostPort(host, port)
}

// serveOpen is a sink that keeps mail in .received.
func (d *desk) serveOpen() string {
	l, addr := d.listen("127.0.0.1")
	ctx, cancel := context.WithCancel(context.Background())
	d.t.Cleanup(cancel)
	go sink.Serve(ctx, l, sink.Options{Dir: filepath.Join(d.dir, ".received")})
	return addr
}

// serveTLS offers STARTTLS, and a login after it.
func (d *desk) serveTLS(c testservers.Certificate) string {
	l, addr := d.listen("localhost")
	cert, err := tls.LoadX509KeyPair(c.Cert, c.Key)
	if err != nil {
		d.t.Fatal(err)
	}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{d}, nil }))
	server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{cert}}
	go server.Serve(l)
	return addr
}

// session takes mail from the one user.
type session struct{ d *desk }

func (s *session) Mail(string, *smtp.MailOptions) error { return nil }
func (s *session) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (s *session) Reset()                               {}
func (s *session) Logout() error                        { return nil }
func (s *session) AuthMechanisms() []string             { return []string{sasl.Plain} }
func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, name, secret string) error {
		if name != user || secret != password {
			return smtp.ErrAuthFailed
		}
		return nil
	}), nil
}
func (s *session) Data(r io.Reader) error {
	_, err := io.Copy(io.Discard, r)
	if err == nil {
		s.d.kept.Add(1)
	}
	return err
}

// delivered counts the mails that arrived anywhere.
func (d *desk) delivered() int {
	n := int(d.kept.Load())
	for _, box := range []string{".received", "Mail"} {
		names, _ := filepath.Glob(filepath.Join(d.dir, box, "new", "*"))
		n += len(names)
	}
	return n
}

var expectation = regexp.MustCompile(`(?m)^#> (.*\n)`)

// run runs a block with sh. Its lines that begin with #> are what must be
// among the lines of its output, in that order and nothing else of that kind.
func (d *desk) run(block string) (stderr string) {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, "sh", "-c", d.names.Replace(block))
	c.Dir = d.dir
	c.Env = d.env
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
	var out, said strings.Builder
	c.Stdout, c.Stderr = &out, &said
	if err := c.Run(); err != nil {
		d.t.Errorf("%v\n%s\n%s%s", err, block, &out, &said)
	}
	if wants := expectation.FindAllStringSubmatch(block, -1); wants != nil {
		var want strings.Builder
		for _, w := range wants {
			want.WriteString(w[1])
		}
		if out.String() != want.String() {
			d.t.Errorf("%s\nprinted %q, want %q\n%s", block, out.String(), want.String(), &said)
		}
	}
	return said.String()
}
