//go:build linux

package main

import (
	"crypto/x509"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mailpipe/internal/dnstest"
	"mailpipe/internal/testservers"
)

// TestMain also runs as a DNS server, selected by its program name.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "stand-in-dns" {
		dnstest.Zone{"_submission._tcp.example.org.": {dnstest.SRV(0, 0, 587, "mail.example.org.")}}.ServeHost()
	}
	os.Exit(m.Run())
}

// TestFirstMail goes the way of the README from an archive to a sent mail, on a host
// without a network: first with a sink in place of Mailpit, then with an address whose
// server is in DNS and requires TLS and a login.
func TestFirstMail(t *testing.T) {
	testservers.NeedRoot(t)
	testservers.Need(t, "unshare", "ip")
	if native != "linux/amd64" {
		t.Skip("the README unpacks the archive for linux/amd64")
	}
	first := block(t, "mailpipe sink --listen 127.0.0.1:1025")
	byAddress := strings.NewReplacer(
		"127.0.0.1:1025", "127.0.0.1:587 --tls --tls-cert cert.pem --tls-key key.pem --require-tls "+
			"--auth alice@example.org --password-file password",
		"--for mailpit", "--for alice@example.org", "-A mailpit", "-A example",
	).Replace(first)

	dir, local := t.TempDir(), t.TempDir()
	authority := testservers.Issue(nil, testservers.Authority)
	cert, key := testservers.PEM(testservers.Issue(&authority, func(c *x509.Certificate) {
		c.DNSNames = []string{"mail.example.org"}
	}))
	ca, _ := testservers.PEM(authority)
	for name, text := range map[string]string{
		"resolv.conf": "nameserver 127.0.0.1\n",
		"hosts":       "127.0.0.1 localhost mail.example.org\n",
		"cert.pem":    string(cert), "key.pem": string(key), "ca.pem": string(ca),
		"password": "not so secret\n",
	} {
		write(t, filepath.Join(dir, name), text)
		if err := os.Chmod(filepath.Join(dir, name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(dir, "stand-in-dns")); err != nil {
		t.Fatal(err)
	}
	project := newProject(t, t.TempDir())
	output(t, command(t, project, "go", "run", "./internal/pack", "dist", "linux/amd64"))

	cmd := command(t, dir, "unshare", "--net", "--mount", "timeout", "60", "sh", "-euc", `
		ip link set lo up
		mount --bind resolv.conf /etc/resolv.conf
		mount --bind hosts /etc/hosts
		mkfifo ready
		./stand-in-dns >ready & dns=$!
		trap 'kill $dns' EXIT
		read line <ready
		here=$PWD
		cd `+filepath.Join(project, "dist")+`
		`+strings.ReplaceAll(block(t, "tar"), "/usr/local", local)+`
		cd "$here"
		`+first+byAddress+`
		cat Mail/new/*`)
	cmd.Env = append(cmd.Env, "HOME="+dir, "PATH="+filepath.Join(local, "bin")+":/usr/sbin:/usr/bin:/sbin:/bin",
		"SSL_CERT_FILE="+filepath.Join(dir, "ca.pem"), "MAILPIPE_PASSWORD=not so secret")
	out := output(t, cmd)
	for _, part := range []string{
		"server\tsmtp://127.0.0.1:1025\n",
		"server\tsubmission://mail.example.org\n", "verified\tyes\n",
		"From: you@example.com\nTo: you@example.com\nSubject: Test\n", "\n\nIt works.\n",
		"From: alice@example.org\nTo: you@example.com\nSubject: Test\n", "\n\nIt works.\n",
	} {
		_, rest, found := strings.Cut(out, part)
		if !found {
			t.Fatalf("no %q in the rest of the output:\n%s", part, out)
		}
		out = rest
	}
}
