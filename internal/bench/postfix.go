package main

import (
	"fmt"
	"os"
	"os/exec"
	osuser "os/user"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"mailpipe/internal/testservers"
)

// A postfix is an instance of Postfix with a directory of its own. Only root can
// start one.
type postfix struct {
	dir  string
	smtp string // the address of its server
}

// hasPostfix reports whether an instance can be started.
func hasPostfix() bool {
	for _, name := range []string{"postfix", "postqueue", "postsuper", "smtp-source", "sendmail"} {
		if postfixProgram(name) == "" {
			return false
		}
	}
	return os.Geteuid() == 0
}

// postfixProgram returns the path of a program of Postfix, or "". The PATH of a
// user may lack the directory.
func postfixProgram(name string) string {
	path := filepath.Join("/usr/sbin", name)
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	return path
}

// makePostfix makes a Postfix that, once it is started, keeps what it gets until
// release, and then sends it to a relay.
func (b *bench) makePostfix(name, relay string) (*postfix, error) {
	owner, err := osuser.Lookup("postfix")
	if err != nil {
		return nil, err
	}
	uid, err := strconv.Atoi(owner.Uid)
	if err != nil {
		return nil, err
	}
	free, err := freeAddress()
	if err != nil {
		return nil, err
	}
	p := &postfix{dir: b.path(name), smtp: free}
	for _, name := range []string{"conf", "spool", "data"} {
		if err := os.MkdirAll(filepath.Join(p.dir, name), 0o755); err != nil {
			return nil, err
		}
	}
	if err := os.Chmod(b.dir, 0o755); err != nil { // the daemons run as another user
		return nil, err
	}
	if err := os.Chown(filepath.Join(p.dir, "data"), uid, -1); err != nil {
		return nil, err
	}
	host, port, _ := strings.Cut(relay, ":")
	settings := strings.NewReplacer("@dir@", p.dir, "@relay@", "["+host+"]:"+port).Replace(postfixMain)
	services := free + " inet n - n - - smtpd" + testservers.PostfixServices
	for name, text := range map[string]string{"main.cf": settings, "master.cf": services} {
		if err := os.WriteFile(filepath.Join(p.dir, "conf", name), []byte(text), 0o644); err != nil {
			return nil, err
		}
	}
	return p, p.run("postfix", "check") // creates the directories of its queues
}

const postfixMain = `
compatibility_level = 3.6
queue_directory = @dir@/spool
data_directory = @dir@/data
maillog_file = @dir@/log
maillog_file_prefixes = @dir@
myhostname = bench.example.org
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
alias_maps =
relayhost = @relay@
smtp_host_lookup = native
defer_transports = smtp
`

// freeAddress returns an address at which nothing listens.
func freeAddress() (string, error) {
	s, err := startSink(0)
	if err != nil {
		return "", err
	}
	defer s.close()
	return s.addr(), nil
}

func (p *postfix) env() []string { return []string{"MAIL_CONFIG=" + filepath.Join(p.dir, "conf")} }

// run runs a program of Postfix.
func (p *postfix) run(words ...string) error {
	cmd := exec.Command(postfixProgram(words[0]), words[1:]...)
	cmd.Env = append(os.Environ(), p.env()...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", strings.Join(words, " "), err, out)
	}
	return nil
}

// command returns a job that runs a program of Postfix.
func (p *postfix) command(words ...string) job {
	j := pipeline(append([]string{postfixProgram(words[0])}, words[1:]...))
	j.env = p.env()
	return j
}

func (p *postfix) start() error { return p.run("postfix", "start") }

func (p *postfix) stop() { _ = p.run("postfix", "stop") }

// fill has n small messages wait in the queue.
func (p *postfix) fill(n int) error {
	for _, words := range [][]string{
		{"postsuper", "-d", "ALL"},
		{"postconf", "-e", "defer_transports=smtp"},
		{"postfix", "reload"},
		{"smtp-source", "-s", "10", "-l", "200", "-m", strconv.Itoa(n), "-f", from, "-t", to, p.smtp},
	} {
		if err := p.run(words...); err != nil {
			return err
		}
	}
	for range 600 {
		if p.deferred() == n {
			return nil
		}
		time.Sleep(time.Second / 10)
	}
	return fmt.Errorf("only %d of %d messages were deferred by Postfix", p.deferred(), n)
}

// deferred returns how many messages wait for another attempt.
func (p *postfix) deferred() int {
	all, _ := filepath.Glob(filepath.Join(p.dir, "spool/deferred/?/*"))
	return len(all)
}

// release lets Postfix send what waits, from the next flush on.
func (p *postfix) release() error {
	if err := p.run("postconf", "-e", "defer_transports="); err != nil {
		return err
	}
	return p.run("postfix", "reload")
}
