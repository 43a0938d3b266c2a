package cli

import (
	"net"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"mailpipe/internal/testservers"
)

// The drop-ins log to syslog, as mail.info or mail.err. The other commands log nothing.
func TestDefaultLog(t *testing.T) {
	testservers.NeedRoot(t)
	testservers.Need(t, "unshare")
	socket := filepath.Join(t.TempDir(), "log")
	l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	h := newHost(t, "")
	ok, out := h.run(t, `sed -i '/^log/d' .config/mailpipe/config.toml
		ln -s sendmail mail
		ln -s sendmail mailpipe
		unshare --mount sh -euc 'mount -t tmpfs tmpfs /dev
			mknod -m 666 /dev/null c 1 3
			ln -s `+socket+` /dev/log
			printf "From: a@x.org\n\nx\n" | ./mailpipe deliver bob@example.org
			./mailpipe send -t bob@example.org --body x
			./mail bob@example.org </dev/null 2>/dev/null
			MAILPIPE_SERVER=127.0.0.1:1 $SENDMAIL -L web bob@example.org 2>/dev/null || echo $?'`)
	if !ok || out != "75\n" {
		t.Errorf("%s", out)
	}
	var lines strings.Builder
	for range 2 {
		l.SetDeadline(time.Now().Add(10 * time.Second))
		p := make([]byte, 4096)
		n, err := l.Read(p)
		if err != nil {
			t.Fatalf("%v after %s", err, &lines)
		}
		lines.Write(p[:n])
	}
	want := `^<22>.{15} mailx\[\d+\]: time=\S+ name=mailx .* status=0 .*\n` +
		`<19>.{15} web\[\d+\]: time=\S+ name=web .* status=75 .*\n$`
	if !regexp.MustCompile(want).MatchString(lines.String()) {
		t.Errorf("%s", &lines)
	}
}

// Without the keys aliases and domain, the files of the host and its name count.
func TestHostFiles(t *testing.T) {
	testservers.NeedRoot(t)
	testservers.Need(t, "unshare")
	const alias = "root: admin@example.org"
	h := newHost(t, "")
	for _, c := range []struct{ hostname, hosts, mailname, aliases, config, x, root string }{
		{"web1", "", "", alias, "", "", "admin@example.org"},
		{"web1", "", "Mail.example.net\n", alias, "", "x@mail.example.net", "admin@example.org"},
		{"web1", "", "no domain\n", alias, "", "", "admin@example.org"},
		{"Web1.example.org", "", "", alias, "", "x@web1.example.org", "admin@example.org"},
		{"web1.example.org", "", "mail.example.net", "", "", "x@mail.example.net", "root@mail.example.net"},
		{"web1", "", "mail.example.net", "", "domain = 'Example.COM'", "x@example.com", "root@example.com"},
		{"web1", "127.0.1.1 web1.example.org web1\n", "", alias, "", "x@web1.example.org", "admin@example.org"},
		{"web1", "127.0.1.1 web1 web1.example.org\n", "", alias, "", "", "admin@example.org"},
		{"web1", "::1 web1.example.org web1\n", "mail.example.net", "", "", "x@mail.example.net", "root@mail.example.net"},
	} {
		configure(t, h.dir, "[sendmail]\nlog = \"none\"\n"+c.config)
		_, out := h.run(t, `mkdir -p etc
			unshare --mount --uts sh -euc '
				mount -t tmpfs tmpfs etc
				mkdir etc/u etc/w
				mount -t overlay overlay -o lowerdir=/etc,upperdir=etc/u,workdir=etc/w /etc
				hostname `+c.hostname+`
				printf "`+c.hosts+`" >/etc/hosts
				printf "`+c.mailname+`" >/etc/mailname
				printf "`+c.aliases+`" >/etc/aliases
				[ -s /etc/mailname ] || rm /etc/mailname
				[ -s /etc/aliases ] || rm /etc/aliases
				$SENDMAIL -bv x root root@localhost root@WEB1 root@other.example || echo $?'`)
		want, status := c.x, ""
		if want == "" {
			want, status = "x: no alias, and no domain for the users of this host", "67\n"
		}
		want = "x... " + want + "\nroot... " + c.root + "\nroot@localhost... " + c.root + "\nroot@web1... " + c.root +
			"\nroot@other.example... root@other.example\n" + status
		if out != want {
			t.Errorf("%+v: got\n%s\nwant\n%s", c, out, want)
		}
	}
}
