//go:build !linux

package config

import "syscall"

// endWithParent is nil: other systems cannot end a child with its parent.
var endWithParent *syscall.SysProcAttr
