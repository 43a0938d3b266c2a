//go:build !linux

package stdio

import "os"

// Enlarge does nothing: only Linux can change the size of a pipe.
func Enlarge(*os.File) {}
