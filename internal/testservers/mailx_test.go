//go:build linux

package testservers

import (
	"net"
	"strings"
	"testing"
)

// TestMailxLogin logs in as mailx does, with the user that -S names. The password is that
// of the account, of the environment or of .netrc.
func TestMailxLogin(t *testing.T) {
	t.Parallel()
	for _, s := range loginServers {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			server, mailboxes := s.start(t)
			host, _, _ := net.SplitHostPort(server.login)
			w := newWorkspace(t)
			w.write("password", password+"\n")
			w.write("account.toml", "[accounts.a]\nserver = \"smtp://"+server.login+"\"\nfrom = \"alice@example.org\"\n"+
				"tls_ca = \""+server.ca+"\"\npassword_file = \"~/password\"\n")
			w.write("none.toml", "")
			w.write(".netrc", "machine "+host+" login alice password \""+password+"\"\n")
			w.sh("chmod 600 .netrc password").want(t, 0)
			const mail = ` -S smtp-auth-user=alice -v -s login bob@example.org`
			mta := " mailx -S from=alice@example.org -S mta="
			send := func(command string) result {
				r := w.sh("export SSL_CERT_FILE=" + server.ca + "; echo text | " + command + mail)
				r.hides(t, password)
				return r
			}
			for _, command := range []string{
				"mailpipe --config account.toml mailx",
				"mailpipe --config account.toml mailx -S smtp-auth=login",
				"MAILPIPE_PASSWORD=\"$(cat password)\" mailpipe --config none.toml" + mta + "smtp://" + server.login,
				"mailpipe --config none.toml" + mta + "smtps://" + server.tls + " -S smtp-auth=cram-md5",
			} {
				send(command).want(t, 0, "C: AUTH ")
				got := mailboxes.wait(t, 1)[0].data
				if !strings.Contains(got, "\nSubject: login\n") || !strings.HasSuffix(got, "\n\ntext\n") {
					t.Errorf("%s:\n%s", command, got)
				}
			}
			send("MAILPIPE_PASSWORD=Sesam mailpipe --config none.toml"+mta+"smtp://"+server.login).want(t, 77, "535")
			if mailboxes.count() != 0 {
				t.Error("a mail arrived without the right password")
			}
		})
	}
}
