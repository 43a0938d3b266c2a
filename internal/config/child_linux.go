package config

import "syscall"

// endWithParent ends a password command when mailpipe ends. The command stays
// in the process group of mailpipe, because it may ask on the terminal.
var endWithParent = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
