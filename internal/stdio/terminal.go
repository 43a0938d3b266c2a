package stdio

import (
	"os"
	"runtime"

	"golang.org/x/term"
)

// IsTerminal reports whether f is a terminal.
func IsTerminal(f *os.File) (is bool) {
	conn, err := f.SyscallConn() // Fd would make it blocking
	if err == nil {
		conn.Control(func(fd uintptr) { is = term.IsTerminal(int(fd)) })
	}
	return is
}

// OpenTerminal opens the terminal of the process, also if standard input and output
// are something else. The caller closes both files.
func OpenTerminal() (in, out *os.File, err error) {
	inName, outName := "/dev/tty", "/dev/tty"
	if runtime.GOOS == "windows" {
		inName, outName = "CONIN$", "CONOUT$"
	}
	in, err = os.OpenFile(inName, os.O_RDWR, 0)
	if err != nil {
		return nil, nil, err
	}
	out, err = os.OpenFile(outName, os.O_RDWR, 0)
	if err != nil {
		in.Close()
		return nil, nil, err
	}
	return in, out, nil
}
