//go:build linux

package pgtest

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// Kill kills all processes of the server with SIGKILL, and waits until they are dead.
func (d *daemon) Kill() {
	d.t.Helper()
	if d.signal(syscall.SIGKILL, "ZX") {
		<-d.ended
	}
}

// Pause stops all processes of the server with SIGSTOP. Connections to it stay open.
func (d *daemon) Pause() {
	d.t.Helper()
	d.signal(syscall.SIGSTOP, "TZX")
}

// Continue ends a pause.
func (d *daemon) Continue() {
	d.t.Helper()
	d.signal(syscall.SIGCONT, "RSDZX")
}

// signal sends a signal to all processes of the server, and waits until each is in one
// of the states. It reports whether the server was running.
func (d *daemon) signal(signal syscall.Signal, states string) bool {
	d.t.Helper()
	if !d.running() {
		return false
	}
	first := d.cmd.Process.Pid
	_ = syscall.Kill(first, syscall.SIGSTOP) // so that it starts no other process
	d.waitForState(first, "TZX")
	family := append([]int{first}, children(first)...)
	for _, pid := range family {
		_ = syscall.Kill(pid, signal)
	}
	for _, pid := range family {
		d.waitForState(pid, states)
	}
	return true
}

func (d *daemon) waitForState(pid int, states string) {
	d.t.Helper()
	wait(d.t, fmt.Sprintf("the state of process %d is one of %s", pid, states), func() bool {
		state, _ := stat(pid)
		return strings.Contains(states, state)
	})
}

// children returns the children of a process. They need not be in its process group:
// PostgreSQL makes a group for each.
func children(parent int) []int {
	var pids []int
	dirs, _ := filepath.Glob("/proc/[0-9]*")
	for _, dir := range dirs {
		pid, _ := strconv.Atoi(filepath.Base(dir))
		if _, ppid := stat(pid); ppid == strconv.Itoa(parent) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// stat returns the state of a process and the ID of its parent, see proc(5). The state
// of a process that does not exist is X, dead.
func stat(pid int) (state, parent string) {
	line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	fields := strings.Fields(string(line[strings.LastIndexByte(string(line), ')')+1:])) // the name may have spaces
	if len(fields) < 2 {
		return "X", ""
	}
	return fields[0], fields[1]
}
