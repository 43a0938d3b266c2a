//go:build unix

package subprocess

import (
	"os/exec"
	"syscall"
)

// KillWithChildren lets the end of the context kill a command and its children.
func KillWithChildren(child *exec.Cmd) {
	child.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	child.Cancel = func() error { return syscall.Kill(-child.Process.Pid, syscall.SIGKILL) }
}

// RunAs lets a command run as another user. Only root can do that.
func RunAs(child *exec.Cmd, uid, gid uint32, groups []uint32) {
	credential := &syscall.Credential{Uid: uid, Gid: gid, Groups: groups}
	child.SysProcAttr = &syscall.SysProcAttr{Credential: credential}
}
