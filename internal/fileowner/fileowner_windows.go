// Package fileowner finds out who owns a file.
package fileowner

import "io/fs"

// Of returns false: a file of Windows has a list of who may do what, and its mode
// says nothing about other users.
func Of(fs.FileInfo) (uid, gid int, ok bool) { return 0, 0, false }
