package progress

import (
	"os"

	"golang.org/x/term"
)

// defaultColumns is the width of a terminal that does not know its own, such as a serial
// line.
const defaultColumns = 80

// screen returns the number of columns of a terminal. ok is false if f is no terminal, or
// if the process is not in its foreground.
func screen(f *os.File) (columns int, ok bool) {
	conn, err := f.SyscallConn() // Fd would make it blocking
	if err != nil {
		return 0, false
	}
	conn.Control(func(fd uintptr) {
		ok = term.IsTerminal(int(fd)) && inForeground(int(fd))
		columns, _, err = term.GetSize(int(fd))
	})
	if err != nil || columns <= 0 {
		columns = defaultColumns
	}
	return columns, ok
}
