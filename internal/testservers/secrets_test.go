//go:build linux

package testservers

import (
	"strings"
	"testing"
)

// mountSecrets mounts secrets as Docker and Kubernetes do, and as an administrator
// who is less careful might. A user without privileges then runs a command.
const mountSecrets = `mount -t tmpfs tmpfs /run
umask 022
mkdir -p /run/secrets/..2026_11_30
cd /run/secrets
printf 'so secret\n' >docker
printf 'so secret\n' >..2026_11_30/pod
ln -s ..2026_11_30 ..data
ln -s ..data/pod pod
printf 'so secret\n' >writable
printf 'so secret\n' >another
printf 'so secret\n' >/run/public
chmod 444 docker another /run/public
chmod 666 writable
chown 12345 another
ln -s /run/public outside
cd "$OLDPWD"
exec timeout 60 setpriv --reuid=65534 --regid=65534 --clear-groups "$@"`

func TestMountedSecrets(t *testing.T) {
	t.Parallel()
	NeedRoot(t)
	Need(t, "unshare", "setpriv")
	w := publicWorkspace(t)
	for _, test := range []struct {
		file, credentials string
		status            int
		says              string
	}{
		{"/run/secrets/docker", "", 0, ""},
		{"/run/secrets/pod", "", 0, ""},
		{"/run/secrets/..data/pod", "", 0, ""},
		{"/run/public", "/run", 0, ""},
		{"/run/secrets/docker", "/nowhere", 0, ""},
		{"/run/secrets/writable", "", 77, " is accessible to other users (mode 0666)\n"},
		{"/run/secrets/another", "", 77, " belongs to user 12345, not to user 65534, who runs mailpipe\n"},
		{"/run/secrets/outside", "", 77, " belongs to user 0, not to user 65534, who runs mailpipe\n"},
		{"/run/secrets/../public", "", 77, " belongs to user 0, "},
		{"/run/public", "/run/secrets", 77, " belongs to user 0, "},
		{"/run/public", "", 77, " belongs to user 0, "},
		{"/run/secrets", "", 77, " is a directory\n"},
		{"/run/secrets/missing", "", 77, " no such file or directory\n"},
	} {
		cmd := w.command("unshare", "--mount", "sh", "-ec", mountSecrets, "sh",
			w.program(), "deliver", "-n", "-S", "submission://mail.example.org")
		cmd.Env = append(cmd.Env, "MAILPIPE_USER=app", "MAILPIPE_PASSWORD_FILE="+test.file,
			"CREDENTIALS_DIRECTORY="+test.credentials)
		cmd.Stdin = strings.NewReader(small(w))
		r := run(t, cmd)
		r.want(t, test.status)
		if !strings.Contains(r.err, test.says) || (r.err == "") != (test.status == 0) {
			t.Errorf("%+v: %s", test, r.err)
		}
	}
}
