//go:build linux

package testservers

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

// submitter is the id of the user who submits for the others, and who alone may read
// the password.
const submitter = 9130

// Users of the host submit to a socket, for which systemd starts sendmail -bs. Their
// mail arrives with a login, although they cannot read the password.
func TestSubmitSocket(t *testing.T) {
	t.Parallel()
	Need(t, "systemd-socket-activate", "setpriv", "unshare")
	server := startPostfix(t)
	w := publicWorkspace(t)
	w.write("submit/password", password+"\n")
	w.write("submit/.config/mailpipe/config.toml", fmt.Sprintf(`default = "relay"
[accounts.relay]
server = "smtp://%s"
from = "web1@example.net"
user = %q
password_file = "~/password"
tls_ca = %q
[sendmail]
log = "~/log"
`, server.login, user, server.ca))
	w.sh(fmt.Sprintf("chown -R %d:%[1]d submit", submitter)).want(t, 0)
	socket := w.path("submit/socket")
	w.write("host.toml", "[accounts.host]\nserver = \"smtp+unix:"+socket+"\"\n")
	w.listen(socket)

	nobody := func(stdin string, args ...string) result {
		cmd := w.as(65534, args...)
		cmd.Stdin = strings.NewReader(stdin)
		return run(t, cmd)
	}
	for _, name := range []string{"password", ".config/mailpipe/config.toml"} {
		nobody("", "cat", w.path("submit/"+name)).want(t, 1, "Permission denied")
	}
	mail := "Date: Mon, 30 Nov 2026 09:00:00 +0000\nMessage-ID: <1@example.net>\nFrom: root@localhost\nTo: " + bob +
		"\nSubject: x\n\ntext\n"
	r := nobody(mail, w.program(), "deliver", "--trace")
	r.want(t, 0, "C: MAIL FROM:<root@localhost>", "S: 250 2.0.0 Ok: queued as ")
	r.hides(t, password)
	hostname, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	from := `"root@` + strings.ToLower(hostname) + `" <web1@example.net>`
	checkMail(t, server.wait(t, 1)[0].data, strings.Replace(mail, "root@localhost", from, 1))
	if !strings.Contains(server.log(), "sasl_username="+user) {
		t.Error("the mail was accepted without a login")
	}
	if log := w.read("submit/log"); !strings.Contains(log, " user=alice from=web1@example.net to="+bob+" ") {
		t.Error(log)
	}
}

// asUser runs a command as a user. host.toml is /etc/mailpipe/config.toml.
const asUser = `
mount -t tmpfs tmpfs /mnt
mkdir /mnt/upper /mnt/work
mount -t overlay overlay -o lowerdir=/etc,upperdir=/mnt/upper,workdir=/mnt/work /etc
mkdir -p /etc/mailpipe
install -m 644 "$1" /etc/mailpipe/config.toml
uid=$2
shift 2
exec setpriv --reuid=$uid --regid=$uid --clear-groups "$@"
`

// as returns a command that runs as a user, with host.toml as the configuration of the
// host.
func (w workspace) as(uid int, args ...string) *exec.Cmd {
	first := []string{"--mount", "sh", "-ec", asUser, "sh", w.path("host.toml"), strconv.Itoa(uid)}
	return w.command("unshare", append(first, args...)...)
}

// publicWorkspace returns a workspace that all users may enter.
func publicWorkspace(t *testing.T) workspace {
	t.Helper()
	dir, err := os.MkdirTemp("", "mp")
	if err == nil {
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	w := workspace{t, dir, dir}
	w.link(buildProgram(t))
	return w
}

// listen starts systemd's listener for a socket, as the submitter. All users may
// connect to it.
func (w workspace) listen(socket string) {
	w.t.Helper()
	cmd := w.as(submitter, "systemd-socket-activate", "--accept", "--inetd", "-l", socket, "-E",
		"HOME="+w.path("submit"), w.program(), "sendmail", "-bs")
	stderr, err := cmd.StderrPipe()
	if err = errors.Join(err, cmd.Start()); err != nil {
		w.t.Fatal(err)
	}
	limit := time.AfterFunc(5*time.Minute, func() { cmd.Process.Kill() })
	w.t.Cleanup(func() {
		limit.Stop()
		cmd.Process.Kill()
		cmd.Wait()
	})
	lines := bufio.NewReader(stderr)
	if line, err := lines.ReadString('\n'); !strings.HasPrefix(line, "Listening on ") {
		w.t.Fatalf("%q, %v", line, err)
	}
	go io.Copy(io.Discard, lines)
	if err := os.Chmod(socket, 0o666); err != nil { // as systemd makes it
		w.t.Fatal(err)
	}
}
