package config

import "syscall"

// endsWithUs lets a password command end when the program does, as a signal may
// end it: nobody would take the password. The command stays in the process group
// of the program, for it may ask on the terminal.
var endsWithUs = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
