//go:build unix

// Package fileowner finds out who owns a file.
package fileowner

import (
	"io/fs"
	"syscall"
)

// Of returns the ids of the user and the group that own a file. ok is false if the
// file system has no owners.
func Of(info fs.FileInfo) (uid, gid int, ok bool) {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, 0, false
	}
	return int(stat.Uid), int(stat.Gid), true
}
