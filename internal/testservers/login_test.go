//go:build linux

package testservers

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"net"
	"slices"
	"strings"
	"testing"
)

// gates are the servers that want a login, and all mechanisms that they offer.
var gates = []struct {
	name       string
	start      func(testing.TB) (gate, box *Server)
	mechanisms string
	anonymous  int // exit status without a login: by the stage and the words of the refusal
}{
	{"Postfix", func(t testing.TB) (*Server, *Server) { s := StartPostfix(t); return s, s },
		"PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256 XOAUTH2 OAUTHBEARER", 67},
	{"Exim", func(t testing.TB) (*Server, *Server) { s := StartExim(t); return s, s },
		"PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256", 69},
	{"Dovecot submission", func(t testing.TB) (*Server, *Server) {
		relay := StartPostfix(t)
		return StartDovecot(t, relay.Open), relay
	}, "PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256 XOAUTH2 OAUTHBEARER", 77},
}

// TestLogin tries every mechanism with the right secret and with a wrong one,
// over STARTTLS and over TLS from the first octet.
func TestLogin(t *testing.T) {
	for _, g := range gates {
		t.Run(g.name, func(t *testing.T) {
			server, box := g.start(t)
			if offered := mechanisms(t, server.TLS); !slices.Equal(offered, sorted(strings.Fields(g.mechanisms))) {
				t.Fatalf("the server offers %s; the table has %s", offered, g.mechanisms)
			}
			doors := map[string]string{"STARTTLS": "smtp://" + server.Login, "TLS": "smtps://" + server.TLS}
			for door, url := range doors {
				for _, mechanism := range append(strings.Fields(g.mechanisms), "") {
					t.Run(door+" "+mechanism, func(t *testing.T) {
						box.Box.t = t
						d := newDesk(t)
						secret := Password
						if strings.Contains(mechanism, "OAUTH") || mechanism == "OAUTHBEARER" {
							secret = Token
						}
						d.write("right", secret+"\n")
						d.write("wrong", "Sesam\n")
						send := func(file string) result {
							return d.mailpipe(strings.NewReader(header+"\nx\n"), withAuth(mechanism, "deliver", "-S", url, "--tls-ca", server.CA,
								"--user", User, "--password-file", file, "--trace", bob)...)
						}
						r := send("right")
						r.want(t, 0)
						hides(t, r, secret)
						if got := box.Wait(1); !bytes.Equal(got[0].Data, []byte(header+"\nx\n")) {
							t.Errorf("arrived: %q", got[0].Data)
						}
						r = send("wrong")
						r.want(t, 77, "535")
						hides(t, r, "Sesam")
					})
				}
			}
			if box.Len() != 0 {
				t.Error("a mail without a right password arrived")
			}
		})
	}
}

// withAuth adds --auth where a mechanism is asked for.
func withAuth(mechanism string, args ...string) []string {
	if mechanism == "" {
		return args
	}
	return append(args[:len(args):len(args)], "--auth", mechanism)
}

func hides(t *testing.T, r result, secret string) {
	t.Helper()
	if strings.Contains(r.out+r.err, secret) {
		t.Errorf("the secret is shown:\n%s%s", r.out, r.err)
	}
}

// TestExternal logs in by a client certificate.
func TestExternal(t *testing.T) {
	server := StartExim(t)
	d := newDesk(t)
	r := d.mailpipe(strings.NewReader(header+"\nx\n"), "deliver", "-S", "smtps://"+server.TLS, "--tls-ca", server.CA,
		"--tls-cert", server.ClientCert, "--tls-key", server.ClientKey, "--auth", "EXTERNAL", "--trace", bob)
	r.want(t, 0, "AUTH EXTERNAL")
	server.Wait(1)
	if !strings.Contains(server.Log(), "A=EXTERNAL:"+User) {
		t.Errorf("the log names no login by EXTERNAL")
	}
}

// TestNoLogin sends to servers that want one.
func TestNoLogin(t *testing.T) {
	for _, g := range gates {
		t.Run(g.name, func(t *testing.T) {
			server, box := g.start(t)
			d := newDesk(t)
			d.mailpipe(strings.NewReader(header+"\nx\n"), "deliver", "-S", "smtp://"+server.Login, bob).want(t, g.anonymous)
			if box.Len() != 0 {
				t.Error("a mail arrived")
			}
		})
	}
}

// TestTrust goes through what may stand between a client and a server's
// certificate.
func TestTrust(t *testing.T) {
	server := StartPostfix(t)
	wrong := strings.Repeat("00", 32)
	colons := strings.ToUpper(strings.Join(pairs(server.Fingerprint), ":"))
	login := []string{"--user", User, "--password-file", "right"}
	for _, c := range []struct {
		name  string
		args  []string
		code  int
		words []string
	}{
		{"required, CA known", append([]string{"-S", "smtp://" + server.Login, "--tls", "required", "--tls-ca", server.CA}, login...), 0, nil},
		{"smtps, CA known", append([]string{"-S", "smtps://" + server.TLS, "--tls-ca", server.CA}, login...), 0, nil},
		{"required, CA unknown", append([]string{"-S", "smtp://" + server.Login, "--tls", "required"}, login...), 77, []string{colons}},
		{"login alone requires", append([]string{"-S", "smtp://" + server.Login}, login...), 77, []string{colons}},
		{"smtps, CA unknown", append([]string{"-S", "smtps://" + server.TLS}, login...), 77, []string{colons}},
		{"fingerprint", append([]string{"-S", "smtp://" + server.Login, "--tls-fingerprint", server.Fingerprint}, login...), 0, nil},
		{"fingerprint with colons, second of two", append([]string{"-S", "smtps://" + server.TLS, "--tls-fingerprint", wrong, "--tls-fingerprint", colons}, login...), 0, nil},
		{"wrong fingerprint", append([]string{"-S", "smtps://" + server.TLS, "--tls-fingerprint", wrong}, login...), 77, []string{colons}},
		{"wrong name", append([]string{"-S", "smtps://" + server.TLS, "--tls-ca", server.CA, "--tls-name", "mail.example.com"}, login...), 77, []string{"mail.example.com"}},
		{"right name", append([]string{"-S", "smtps://" + server.TLS, "--tls-ca", server.CA, "--tls-name", "localhost"}, login...), 0, nil},
		{"opportunistic takes any certificate", []string{"-S", "smtp://" + server.Open}, 0, []string{"STARTTLS"}},
		{"no TLS", []string{"-S", "smtp://" + server.Open, "--tls", "none"}, 0, nil},
		{"login over opportunistic", append([]string{"-S", "smtp://" + server.Login, "--tls", "opportunistic"}, login...), 77, nil},
		{"login in clear", append([]string{"-S", "smtp://" + server.Login, "--tls", "none"}, login...), 77, nil},
		{"smtps without TLS", []string{"-S", "smtps://" + server.TLS, "--tls", "none"}, 64, nil},
		{"TLS to a door that speaks clear", append([]string{"-S", "smtps://" + server.Open, "--tls-ca", server.CA}, login...), 77, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t)
			d.write("right", Password+"\n")
			r := d.mailpipe(strings.NewReader(header+"\nx\n"), append(append([]string{"deliver", "--trace"}, c.args...), bob)...)
			r.want(t, c.code, c.words...)
			hides(t, r, Password)
			if c.code == 0 {
				server.Box.t = t
				server.Wait(1)
			} else if strings.Contains(r.err, "C: AUTH") {
				t.Errorf("AUTH was written:\n%s", r.err)
			}
			if slices.Contains(c.args, "none") && strings.Contains(r.err, "STARTTLS\n") && strings.Contains(r.err, "220 2.0.0 Ready") {
				t.Errorf("TLS was begun:\n%s", r.err)
			}
		})
	}
}

func pairs(s string) []string {
	var all []string
	for ; s != ""; s = s[2:] {
		all = append(all, s[:2])
	}
	return all
}

// mechanisms asks a server over TLS what it offers.
func mechanisms(t *testing.T, address string) []string {
	t.Helper()
	raw, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	conn := tls.Client(raw, &tls.Config{InsecureSkipVerify: true})
	defer conn.Close()
	lines := bufio.NewScanner(conn)
	lines.Scan()
	if _, err := conn.Write([]byte("EHLO client.example.org\r\n")); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() {
		if words := strings.Fields(lines.Text()[4:]); len(words) > 1 && words[0] == "AUTH" {
			return sorted(words[1:])
		}
	}
	t.Fatal("no AUTH is offered")
	return nil
}

// TestMsmtprc is the way of a person who has an msmtprc.
func TestMsmtprc(t *testing.T) {
	server := StartPostfix(t)
	d := newDesk(t)
	host, port, _ := net.SplitHostPort(server.Login)
	d.write("pw", Password+"\n")
	d.write(".msmtprc", `# as it grew over the years
defaults
auth on
tls on
tls_starttls on
tls_trust_file `+server.CA+`
logfile ~/.msmtp.log

account work
host `+host+`
port `+port+`
from alice@example.org
user `+User+`
passwordeval "cat ~/pw"

account default : work
`)
	if r := d.sh("printf 'Subject: x\\n\\nby msmtp\\n' | msmtp bob@example.org"); find("msmtp") != "" {
		r.want(t, 0)
		server.Wait(1)
	}
	d.sh("mkdir -p ~/.config/mailpipe && mailpipe config --from-msmtp ~/.msmtprc > ~/.config/mailpipe/config.toml").want(t, 0)
	r := d.sh("echo All is well. | mailpipe send -t bob@example.org -s Report")
	r.want(t, 0)
	mail := server.Wait(1)[0]
	for _, word := range []string{"From: alice@example.org\n", "Subject: Report\n", "All is well.\n"} {
		if !bytes.Contains(mail.Data, []byte(word)) {
			t.Errorf("the mail has no %q:\n%s", word, mail.Data)
		}
	}
	if !strings.Contains(server.Log(), "sasl_username="+User) {
		t.Error("the log names no login")
	}
	if out := d.sh("mailpipe config"); out.code != 0 || strings.Contains(out.out, Password) || !strings.Contains(out.out, "password_command\tcat") {
		t.Errorf("config: %d %s%s", out.code, out.out, out.err)
	}
}

// TestBesideOthers sends one mail as others do and one as mailpipe does,
// through the same door, and wants the same at the other end.
func TestBesideOthers(t *testing.T) {
	server := StartPostfix(t)
	host, port, _ := net.SplitHostPort(server.Login)
	for _, c := range []struct{ program, theirs, ours string }{
		{"swaks",
			`swaks -s $HOST:$PORT -tls -a PLAIN -au alice -ap "$(cat pw)" -f alice@example.org -t bob@example.org --data @mail.eml`,
			`mailpipe deliver -S smtp://$HOST:$PORT --tls-ca ca.pem --user alice --password-file pw -f alice@example.org bob@example.org <mail.eml`},
		{"msmtp",
			`msmtp --host=$HOST --port=$PORT --tls=on --tls-trust-file=ca.pem --auth=on --user=alice --passwordeval='cat pw' -f alice@example.org bob@example.org <mail.eml`,
			`mailpipe deliver -S smtp://$HOST:$PORT --tls-ca ca.pem --user alice --password-command 'cat pw' -f alice@example.org bob@example.org <mail.eml`},
		{"curl",
			`curl -sS --ssl-reqd --cacert ca.pem --url smtp://$HOST:$PORT -u "alice:$(cat pw)" --mail-from alice@example.org --mail-rcpt bob@example.org -T mail.eml`,
			`MAILPIPE_PASSWORD=$(cat pw) mailpipe deliver -S smtp://$HOST:$PORT --tls-ca ca.pem --user alice -f alice@example.org bob@example.org <mail.eml`},
	} {
		t.Run(c.program, func(t *testing.T) {
			Need(t, c.program)
			d := newDesk(t)
			d.files()
			d.write("pw", Password+"\n")
			d.sh("cp "+server.CA+" ca.pem").want(t, 0)
			mail := d.composed("-f alice@example.org -t bob@example.org -s été --body Salut photo.jpg data.bin --crlf")
			d.write("mail.eml", mail)
			server.Box.t = t
			for _, line := range []string{c.theirs, c.ours} {
				d.sh("HOST="+host+" PORT="+port+"\n"+line).want(t, 0)
				got := server.Wait(1)[0].Data
				// swaks adds an empty line.
				if want := expected(mail); !bytes.Equal(bytes.TrimRight(got, "\n"), bytes.TrimRight(want, "\n")) {
					t.Errorf("%s: %s", line, difference(got, want))
				}
			}
		})
	}
}
