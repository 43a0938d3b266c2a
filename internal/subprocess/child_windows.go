package subprocess

import "os/exec"

// KillWithChildren changes nothing: the end of the context kills only the command.
func KillWithChildren(*exec.Cmd) {}

// RunAs is not called on Windows, because its users have no ids.
func RunAs(_ *exec.Cmd, uid, gid uint32, groups []uint32) {}
