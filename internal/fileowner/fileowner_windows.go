// Package fileowner finds out who owns a file.
package fileowner

import "io/fs"

// Of returns false: on Windows, files have access control lists, and their modes say
// nothing about other users.
func Of(fs.FileInfo) (uid, gid int, ok bool) { return 0, 0, false }
