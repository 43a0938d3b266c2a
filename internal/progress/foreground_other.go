//go:build !unix

package progress

// inForeground returns true: only Unix has job control.
func inForeground(fd int) bool { return true }
