//go:build !linux

package config

import "syscall"

// endsWithUs is what a system does that is told nothing: the password command goes on.
var endsWithUs *syscall.SysProcAttr
