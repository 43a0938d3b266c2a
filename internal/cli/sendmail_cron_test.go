package cli

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jhillyerd/enmime/v2"

	"mailpipe/internal/sink"
)

// overlay runs cron in namespaces of its own, where / is a copy: nothing on the host
// is touched. $1 is a directory with the program and the files of /etc.
const overlay = `
mount --make-rprivate /
t=$(mktemp -d)
mount -t tmpfs tmpfs $t
mkdir $t/u $t/w $t/root
mount -t overlay overlay -o lowerdir=/,upperdir=$t/u,workdir=$t/w $t/root
mount -t proc proc $t/root/proc
mount --rbind /dev $t/root/dev
rm -rf $t/root/etc/cron* $t/root/var/spool/cron $t/root/usr/sbin/sendmail
mkdir -p $t/root/etc/mailpipe $t/root/etc/cron.d $t/root/var/spool/cron/crontabs $t/root/run
cp $1/sendmail $t/root/usr/sbin/sendmail
cp $1/config.toml $t/root/etc/mailpipe/config.toml
cp $1/aliases $t/root/etc/aliases
cp $1/jobs $t/root/etc/cron.d/jobs
exec chroot $t/root /usr/sbin/cron -f
`

const cronJobs = `SHELL=/bin/sh
* * * * * root printf 'd\303\251j\303\240\n'; : é
* * * * * nobody printf '10\045\r20\045\r'; head -c 5000 /dev/zero | tr '\0' x; printf '\0'
MAILTO=nobody,root
MAILFROM=daemon
LANG=C.UTF-8
* * * * * root printf '\303\251'
`

// Debian's cron sends the output of jobs: of root and of nobody, whose HOME is that
// of root.
func TestCron(t *testing.T) {
	if os.Getenv("MAILPIPE_TEST_LONG") == "" {
		t.Skip("waits for the next minute; set MAILPIPE_TEST_LONG=1")
	}
	if os.Getuid() != 0 {
		t.Skip("needs root")
	}
	for _, name := range []string{"cron", "unshare"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Skip(err)
		}
	}
	dir := t.TempDir()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	program, _ := os.Executable()
	text, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"sendmail": string(text),
		"config.toml": "[accounts.x]\nserver = \"smtp://" + l.Addr().String() + "\"\nfrom = \"" + accountFrom + "\"\n" +
			"[sendmail]\ndomain = \"example.com\"\n",
		"aliases": "root: admin@example.org\n",
		"jobs":    cronJobs,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(filepath.Join(dir, "jobs"), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc",
		"sh", "-ec", overlay, "sh", dir)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGKILL) }
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	box := filepath.Join(dir, "box")
	err = sink.Serve(ctx, l, sink.Options{Dir: box, Count: 3}) // until all mails are there
	cancel()
	cmd.Wait()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	var got []string
	for _, mail := range received(t, box) {
		e, err := enmime.ReadEnvelope(strings.NewReader(mail))
		if err != nil || len(e.Errors) > 0 {
			t.Fatalf("%v, %v\n%s", err, e.Errors, mail)
		}
		from, err := e.AddressList("From")
		if err != nil || len(from) != 1 {
			t.Fatal(err)
		}
		host, _ := os.Hostname()
		name := strings.ReplaceAll(from[0].Name, strings.ToLower(host), "HOST")
		got = append(got, strings.Join(e.Root.Header.Values("Delivered-To"), ",")+"|"+name+" <"+from[0].Address+">|"+
			strings.TrimRight(e.Text, "\r\n"))
	}
	slices.Sort(got)
	want := []string{
		"admin@example.org|root@HOST (Cron Daemon) <" + accountFrom + ">|déjà",
		"nobody@example.com,admin@example.org|daemon@HOST <" + accountFrom + ">|é",
		"nobody@example.com|root@HOST (Cron Daemon) <" + accountFrom + ">|10%\r20%\r" + strings.Repeat("x", 5000) + "\x00",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %.300q\nwant %.300q", got, want)
	}
}
