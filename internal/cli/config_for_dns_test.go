package cli

import (
	"crypto/x509"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"mailpipe/internal/dnstest"
	"mailpipe/internal/testservers"
)

// serveDNS is the DNS server of the host that withDNS makes.
func serveDNS() {
	dnstest.Zone{
		"_submissions._tcp.example.org.": {dnstest.SRV(10, 0, 465, "."), dnstest.SRV(0, 0, 4650, "mail.example.net.")},
		"_submission._tcp.example.org.":  {dnstest.SRV(0, 0, 587, "mail.example.org.")},
		"example.com.":                   {dnstest.MX(10, "aspmx.l.google.com.")},
		"_submissions._tcp.lies.example.": {
			dnstest.SRV(0, 0, 465, "\n[accounts.evil]\n."), dnstest.SRV(1, 0, 465, "\x1b[2J.example."),
		},
		"_submission._tcp.xn--mller-kva.example.": {dnstest.SRV(0, 0, 587, "smtp.xn--mller-kva.example.")},
		"_submissions._tcp.none.example.":         {dnstest.SRV(0, 0, 0, ".")},
		// These are found if the name of a query is not absolute.
		"_submissions._tcp.unknown.example.lure.example.": {dnstest.SRV(0, 0, 465, "mail.lure.example.")},
		"unknown.example.lure.example.":                   {dnstest.MX(0, "aspmx.l.google.com.")},
	}.ServeHost()
}

// withDNS runs a script on a host whose DNS server is serveDNS, and returns its output
// with "~" for the directory.
func withDNS(t *testing.T, script string) string {
	t.Helper()
	testservers.NeedRoot(t)
	testservers.Need(t, "unshare", "ip")
	dir := t.TempDir()
	conf := []byte("nameserver 127.0.0.1\nsearch lure.example\noptions ndots:9\n")
	if err := os.WriteFile(filepath.Join(dir, "resolv.conf"), conf, 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "unshare", "--net", "--mount", "timeout", "60", "sh", "-euc", `
		ip link set lo up
		mount --bind resolv.conf /etc/resolv.conf
		mkfifo ready
		stand-in-dns >ready & dns=$!
		trap 'kill $dns' EXIT
		read line <ready`+script)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "LC_ALL=C.UTF-8", "GORACE=" + os.Getenv("GORACE")}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return strings.ReplaceAll(string(out), dir, "~")
}

// inOrder checks that the text has all parts, one after another.
func inOrder(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		_, rest, found := strings.Cut(text, part)
		if !found {
			t.Errorf("no %q in the rest of the output:\n%s", part, text)
			continue
		}
		text = rest
	}
}

// The program asks the DNS server of the host, and writes no file.
func TestConfigForByDNS(t *testing.T) {
	out := withDNS(t, `
		for address in alice@example.org alice@example.com alice@müller.example; do
			mailpipe config --for $address >account.toml
			cat account.toml
			mailpipe config --config account.toml
		done
		for address in a@lies.example a@none.example a@unknown.example; do
			mailpipe config --for $address 2>&1 || echo $?
		done
		mailpipe config --no-dns --for alice@example.org 2>&1 || echo $?
		rm account.toml
		find . -name '*.toml' -o -name .config`)
	inOrder(t, out,
		"# The server is from the SRV record _submissions._tcp.example.org.\n",
		"# CHECK: the record is from unsigned DNS,",
		"\n# CHECK: the server is not in the domain example.org.\n\n[accounts.example]\n",
		"server = \"smtps://mail.example.net:4650\"\nfrom = \"alice@example.org\"\nuser = \"alice@example.org\"\n",
		"\naccount\texample\tthe only account\nserver\tsmtps://mail.example.net:4650\taccount.toml:",

		"alice@example.com at Google (Gmail, Workspace).", "aspmx.l.google.com",
		"# CHECK: the record is from unsigned DNS",
		"\nserver = \"smtps://smtp.gmail.com\"\n", "\nserver\tsmtps://smtp.gmail.com\taccount.toml:",

		"# The server is from the SRV record _submission._tcp.xn--mller-kva.example.\n",
		"\nserver = \"submission://smtp.xn--mller-kva.example\"\nfrom = \"alice@xn--mller-kva.example\"\n",
		"\nserver\tsubmission://smtp.xn--mller-kva.example\taccount.toml:",

		"mailpipe: config: --for: no server found for lies.example\n", "invalid names.\n",
		"Ask the provider for its server, and write the account to ~/.config/mailpipe/config.toml:\n"+
			"    [accounts.lies]\n    server = \"smtps://SERVER\"\n"+
			"    from = \"a@lies.example\"\n    user = \"a@lies.example\"\n"+
			"hint: for a server with STARTTLS at port 587, write submission://SERVER; see mailpipe-config(5)\n65\n",

		"no server found for none.example\n"+
			"The domain does not have this service: the target of _submissions._tcp.none.example is \".\".\n", "\n65\n",
		"no server found for unknown.example\nAsk the provider", "\n65\n",
		"no server found for example.org\nDNS was not asked: --no-dns\nAsk the provider", "\n65\n",
	)
	if strings.Contains(out, "evil") || strings.Contains(out, "\x1b") || !strings.HasSuffix(out, "\n65\n") {
		t.Errorf("%q", out)
	}
}

// The last two lines probe a server and send a mail, as pasted.
func TestConfigForToSend(t *testing.T) {
	out := withDNS(t, `
		mkdir -p .config/mailpipe
		mailpipe config --for mailpit >.config/mailpipe/config.toml
		mailpipe sink --listen 127.0.0.1:1025 --count 1 box 2>ready & sink=$!
		exec 3<ready
		read line <&3
		tail -n 2 .config/mailpipe/config.toml | sed 's/^# //' >commands
		sh -eu commands
		wait $sink
		cat box/new/*`)
	inOrder(t, out, "server\tsmtp://127.0.0.1:1025\n", "From: you@example.com\nTo: you@example.com\nSubject: Test\n",
		"\n\nIt works.\n")
}

// The bridge of a provider signs its certificate itself, and has a password. Both are
// where the comments suggest.
func TestConfigForBridge(t *testing.T) {
	cert, key := testservers.PEM(testservers.Issue(nil, func(c *x509.Certificate) {
		c.Subject.CommonName, c.DNSNames = "127.0.0.1", nil
		c.IsCA, c.BasicConstraintsValid = true, true
		c.KeyUsage |= x509.KeyUsageCertSign
	}))
	out := withDNS(t, `
		mkdir -p .config/mailpipe
		cd .config/mailpipe
		cat >proton.pem <<'END'
`+string(cert)+`END
		cat >../../key.pem <<'END'
`+string(key)+`END
		echo secret >proton.password
		chmod 600 proton.password ../../key.pem
		mailpipe config --no-dns --for alice@proton.me >config.toml
		cd ../..
		mailpipe sink --listen 127.0.0.1:1025 --count 1 --tls --tls-cert .config/mailpipe/proton.pem --tls-key key.pem \
			--require-tls --auth alice@proton.me --password-file .config/mailpipe/proton.password box 2>ready & sink=$!
		exec 3<ready
		read line <&3
		sed -n '$s/^# //p' .config/mailpipe/config.toml >send
		sh -eu send 2>&1 || echo $?
		sed -i 's/^# tls_ca/tls_ca/; s/^# password_file/password_file/' .config/mailpipe/config.toml
		sh -eu send
		wait $sink
		cat box/new/*`)
	inOrder(t, out, "the certificate is self-signed", "\n77\n", "\nSubject: Test\n", "\n\nIt works.\n")
}
