package cli

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mailpipe/internal/getopt"
	"mailpipe/internal/testservers"
)

// A control character in the value of any flag is refused, glued or not.
func TestSendmailControlCharacters(t *testing.T) {
	h := newHost(t, "")
	all := [][]string{{"-F\x7f"}, {"-Fx\u0085"}, {"-F\xff"}}
	for letter, option := range sendmailTable {
		flag := "-" + letter
		switch option.Value {
		case getopt.Required:
			all = append(all, []string{flag, "x\ny"})
			fallthrough
		case getopt.Glued:
			all = append(all, []string{flag + "x\ny"})
		}
	}
	for _, args := range all {
		r := dropInRun{dir: h.dir, stdin: plainMail}
		code, stdout, stderr := r.run(t, slices.Concat([]string{"sendmail"}, args, []string{"bob@example.org"})...)
		want := "sendmail: " + args[0][:2] + ": control character or invalid UTF-8\n"
		if code != 64 || stdout != "" || !strings.HasPrefix(stderr, want) {
			t.Errorf("%q: exit status %d, %s%s", args, code, stdout, stderr)
		}
	}
	if n := len(received(t, h.box)); n > 0 {
		t.Errorf("%d mails", n)
	}
}

// An alias that cannot be expanded is an error of the configuration, with its place.
func TestSendmailAliases(t *testing.T) {
	testservers.Need(t, "setpriv")
	dir := t.TempDir()
	fifo, secret := filepath.Join(dir, "fifo"), filepath.Join(dir, "secret")
	if err := exec.Command("mkfifo", "-m", "600", fifo).Run(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(secret, []byte("eve@example.org"), 0); err != nil {
		t.Fatal(err)
	}
	chain := "root: n0\n"
	for i := range 32 {
		chain += fmt.Sprintf("n%d: n%d\n", i, i+1)
	}
	var many strings.Builder
	for i := range 10_001 {
		fmt.Fprintf(&many, "u%d@example.org,", i)
	}
	for _, c := range []struct{ aliases, words string }{
		{"root: admin\nadmin: root\n", ":2: loop: root is reached again from root, admin"},
		{chain, ":32: more than 32 aliases within each other"},
		{"root: " + many.String(), ":1: more than 10000 addresses"},
		{"root: :include:" + dir, ":1: :include:" + dir + ": is a directory"},
		{"root: :include:" + fifo, ":1: :include:" + fifo + ": not a regular file"},
		{"root: :include:" + dir + "/missing", ":1: :include:" + dir + "/missing: no such file or directory"},
		{"root: :include:" + secret, ":1: :include:" + secret + ": permission denied"},
	} {
		h := newHost(t, "")
		aliases := filepath.Join(h.dir, "aliases")
		if err := os.WriteFile(aliases, []byte(c.aliases), 0o600); err != nil {
			t.Fatal(err)
		}
		// Root may read all files, unless it gives up that right.
		ok, out := h.run(t, `echo "aliases = '$HOME/aliases'" >>.config/mailpipe/config.toml
			drop='' ; [ $(id -u) != 0 ] || drop='setpriv --bounding-set=-dac_override,-dac_read_search'
			status=0; $drop $SENDMAIL root || status=$?
			echo "status $status"`)
		if want := "sendmail: " + aliases + c.words; !ok || !strings.HasPrefix(out, want) ||
			!strings.HasSuffix(out, "\nstatus 78\n") {
			t.Errorf("%s\nwant %s", out, want)
		}
		if n := len(received(t, h.box)); n > 0 {
			t.Errorf("%s: %d mails", c.words, n)
		}
	}
}

// A message that does not fit in memory needs a directory for temporary files that has
// room for it.
func TestSendmailTemporaryFiles(t *testing.T) {
	testservers.NeedRoot(t)
	testservers.Need(t, "unshare")
	for options, words := range map[string]string{
		"size=64k": "no space left on device", "nr_inodes=1": "no space left on device", "ro": "read-only file system",
	} {
		h := newHost(t, "")
		_, out := h.run(t, `mkdir tmp
			head -c 2000000 /dev/zero | tr '\0' x >text
			unshare --mount sh -uc 'mount -t tmpfs -o `+options+` tmpfs tmp
				TMPDIR=$HOME/tmp $SENDMAIL bob@example.org <text
				echo "status $?"'`)
		if !strings.HasPrefix(out, "sendmail: temporary file: ") || !strings.Contains(out, h.dir+"/tmp") ||
			!strings.Contains(out, words+"\nhint: set TMPDIR to ") || !strings.HasSuffix(out, "\nstatus 73\n") {
			t.Errorf("%s: %s", options, out)
		}
		if n := len(received(t, h.box)); n > 0 {
			t.Errorf("%s: %d mails", options, n)
		}
	}
}

// If syslog does not take the line, it goes to standard error, and the mail is sent.
func TestSendmailWithoutSyslog(t *testing.T) {
	testservers.NeedRoot(t)
	testservers.Need(t, "unshare")
	socket := filepath.Join(t.TempDir(), "log")
	l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	full, err := net.Dial("unixgram", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	full.SetDeadline(time.Now().Add(100 * time.Millisecond))
	for err == nil { // nothing reads the socket
		_, err = full.Write([]byte("x"))
	}
	for name, target := range map[string]string{"missing": "/nonexistent", "not read": socket} {
		h := newHost(t, "")
		ok, out := h.run(t, `sed -i '/^log/d' .config/mailpipe/config.toml
			unshare --mount sh -euc 'mount -t tmpfs tmpfs /dev
				mknod -m 666 /dev/null c 1 3
				ln -s `+target+` /dev/log
				$SENDMAIL bob@example.org'`)
		if !ok || !strings.HasPrefix(out, "time=") || !strings.Contains(out, " name=sendmail ") ||
			!strings.Contains(out, " to=bob@example.org ") || strings.Count(out, "\n") != 1 {
			t.Errorf("%s: %s", name, out)
		}
		h.mail(t)
	}
}
