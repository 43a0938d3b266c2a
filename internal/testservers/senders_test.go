//go:build linux

package testservers

import (
	"net"
	"strings"
	"testing"
)

// TestMsmtprc asserts that an msmtprc works as it is with msmtp, and converted with
// mailpipe.
func TestMsmtprc(t *testing.T) {
	t.Parallel()
	server := startPostfix(t)
	w := newWorkspace(t)
	host, port, _ := net.SplitHostPort(server.login)
	w.write("pw", password+"\n")
	w.write(".msmtprc", `# as it grew over the years
defaults
auth on
tls on
tls_starttls on
tls_trust_file `+server.ca+`
logfile ~/.msmtp.log

account work
host `+host+`
port `+port+`
from alice@example.org
user `+user+`
passwordeval "cat ~/pw"

account default : work
`)
	if find("msmtp") != "" {
		w.sh("printf 'Subject: x\\n\\nby msmtp\\n' | msmtp bob@example.org").want(t, 0)
		server.wait(t, 1)
	}
	w.sh(`mkdir -p ~/.config/mailpipe &&
		mailpipe config --from-msmtp ~/.msmtprc > ~/.config/mailpipe/config.toml`).want(t, 0)
	w.sh("echo All is well. | mailpipe send -t bob@example.org -s Report").want(t, 0)
	mail := server.wait(t, 1)[0]
	for _, line := range []string{"From: alice@example.org\n", "Subject: Report\n", "All is well.\n"} {
		if !strings.Contains(mail.data, line) {
			t.Errorf("the mail lacks %q:\n%s", line, mail.data)
		}
	}
	if !strings.Contains(server.log(), "sasl_username="+user) {
		t.Error("the log does not mention a login")
	}
	r := w.sh("mailpipe config")
	r.want(t, 0)
	r.hides(t, password)
	if !strings.Contains(r.out, "password_command\tcat") {
		t.Errorf("config printed:\n%s", r.out)
	}
}

// TestOtherSenders sends a mail with another program and with mailpipe. The same
// octets arrive.
func TestOtherSenders(t *testing.T) {
	t.Parallel()
	server := startPostfix(t)
	host, port, _ := net.SplitHostPort(server.login)
	for _, test := range []struct{ program, theirs, ours string }{
		{"swaks", `
			swaks -s $HOST:$PORT -tls -a PLAIN -au alice -ap "$(cat pw)" \
				-f alice@example.org -t bob@example.org --data @mail.eml`, `
			mailpipe deliver -S smtp://$HOST:$PORT --tls-ca ca.pem --user alice --password-file pw \
				-f alice@example.org bob@example.org <mail.eml`},
		{"msmtp", `
			msmtp --host=$HOST --port=$PORT --tls=on --tls-trust-file=ca.pem --auth=on --user=alice \
				--passwordeval='cat pw' -f alice@example.org bob@example.org <mail.eml`, `
			mailpipe deliver -S smtp://$HOST:$PORT --tls-ca ca.pem --user alice --password-command 'cat pw' \
				-f alice@example.org bob@example.org <mail.eml`},
		{"curl", `
			curl -sS --ssl-reqd --cacert ca.pem --url smtp://$HOST:$PORT -u "alice:$(cat pw)" \
				--mail-from alice@example.org --mail-rcpt bob@example.org -T mail.eml`, `
			MAILPIPE_PASSWORD=$(cat pw) mailpipe deliver -S smtp://$HOST:$PORT --tls-ca ca.pem --user alice \
				-f alice@example.org bob@example.org <mail.eml`},
	} {
		t.Run(test.program, func(t *testing.T) {
			Need(t, test.program)
			w := newWorkspace(t)
			w.makeFiles()
			w.write("pw", password+"\n")
			w.sh("cp "+server.ca+" ca.pem").want(t, 0)
			mail := w.composed("-f alice@example.org -t bob@example.org -s été --body Salut photo.jpg data.bin --crlf")
			w.write("mail.eml", mail)
			for _, script := range []string{test.theirs, test.ours} {
				w.sh("HOST="+host+" PORT="+port+script).want(t, 0)
				got := server.wait(t, 1)[0].data
				checkMail(t, strings.TrimRight(got, "\n")+"\n", mail) // swaks adds an empty line
			}
		})
	}
}
