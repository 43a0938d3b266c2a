//go:build unix

package cli

import (
	"errors"
	"io"
	"log"
	"os"
	"os/exec"
	"syscall"

	"github.com/creack/pty"
)

func init() { scriptPrograms["terminal"] = terminal }

// terminal is the program `terminal [-stdin] FILE PROGRAM [ARG...]`. It runs PROGRAM at a terminal of its
// own. The text of FILE and Ctrl-D are typed before PROGRAM starts. The terminal is /dev/tty and, with
// -stdin, standard input. All that is shown on it is written to the file screen. The exit status is that
// of PROGRAM.
//
// The command ttyin of testscript is not used, because it may lose the last output of a program.
func terminal() {
	args := os.Args[1:]
	isStdin := args[0] == "-stdin"
	if isStdin {
		args = args[1:]
	}
	status, err := runAtTerminal(isStdin, args[0], exec.Command(args[1], args[2:]...))
	if err != nil {
		log.Fatal("terminal: ", err)
	}
	os.Exit(status)
}

// runAtTerminal runs a command for terminal, and returns its exit status.
func runAtTerminal(isStdin bool, file string, cmd *exec.Cmd) (status int, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	master, tty, err := pty.Open()
	if err != nil {
		return 0, err
	}
	const ctrlD = 4
	if _, err := master.Write(append(text, ctrlD)); err != nil {
		return 0, err
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if isStdin {
		cmd.Stdin = tty
	}
	cmd.ExtraFiles = []*os.File{tty}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 3} // the first of ExtraFiles
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	tty.Close()
	screen, err := io.ReadAll(master)
	if err != nil && !errors.Is(err, syscall.EIO) { // EIO: no process has the terminal open any more
		return 0, err
	}
	cmd.Wait()
	return cmd.ProcessState.ExitCode(), os.WriteFile("screen", screen, 0o600)
}
