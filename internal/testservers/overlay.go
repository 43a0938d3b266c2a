package testservers

import (
	"context"
	"os"
	"os/exec"
)

// overlay makes $root in namespaces of its own. It is a copy of /, so that nothing on
// the host is touched. $1 is a directory with files for it, $2 a script that prepares it.
const overlay = `
mount --make-rprivate /
t=$(mktemp -d)
mount -t tmpfs tmpfs $t
mkdir $t/u $t/w $t/root
root=$t/root
mount -t overlay overlay -o lowerdir=/,upperdir=$t/u,workdir=$t/w $root
mount -t proc proc $root/proc
mount --rbind /dev $root/dev
hostname web1
files=$1
eval "$2"
cp -r "$files/." $root
exec chroot $root sh -ex /script
`

// Overlay returns a command that runs the file script of dir as root, on a host of its
// own named web1: a copy of / to which the files of dir are copied. The shell commands
// prepare come first and find the copy in $root. All processes end with the script.
func Overlay(ctx context.Context, dir, prepare string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "unshare", "--mount", "--pid", "--uts", "--fork", "--kill-child", "--mount-proc",
		"sh", "-ec", overlay, "sh", dir, prepare)
	cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "GORACE=" + os.Getenv("GORACE")}
	return cmd
}
