package cli

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"

	"mailpipe/internal/oserror"
)

// edit lets the user change a text in an editor, which has the terminal meanwhile, and
// returns the new text.
func (d *draft) edit(in, out *os.File, text string) (string, error) {
	if runtime.GOOS == "windows" {
		return "", errors.New("only Unix has an editor here")
	}
	name, err := writeForEditor(text)
	if err != nil {
		return "", fmt.Errorf("cannot write a file for the editor: %w", oserror.Reason(err))
	}
	defer os.Remove(name)
	d.typing.edit(name)
	defer d.typing.edit("")
	editor := d.editor()
	if err := d.runEditor(in, out, editor, name); err != nil {
		return "", fmt.Errorf("editor %s: %w", editor, oserror.Reason(err))
	}
	return readEdited(name)
}

// runEditor runs the editor on a file. Keys such as Ctrl-C are meant for the editor, so
// their signals are ignored here. They must not be ignored by the editor, so it is
// started before that, by a shell that waits for the end of a pipe.
func (d *draft) runEditor(in, out *os.File, editor, file string) error {
	wait, start, err := os.Pipe()
	if err != nil {
		return err
	}
	defer start.Close()
	child := exec.Command("sh", "-c", `read -r end <&3; exec 3<&-; `+editor+` "$1"`, "sh", file)
	child.Stdin, child.Stdout, child.Stderr = in, out, out
	child.ExtraFiles = []*os.File{wait}
	err = child.Start()
	wait.Close()
	if err != nil {
		return err
	}
	defer d.handler.Ignore(os.Interrupt, syscall.SIGQUIT)()
	start.Close()
	return child.Wait()
}

// editor returns the command of the editor, which may have arguments.
func (c *call) editor() string {
	for _, command := range []string{c.Getenv("VISUAL"), c.Getenv("EDITOR")} {
		if strings.TrimSpace(command) != "" {
			return command
		}
	}
	return "vi"
}

// writeForEditor writes a text to a file that only the user can read, and returns its
// name.
func writeForEditor(text string) (name string, err error) {
	f, err := os.CreateTemp("", "mailpipe-*.txt")
	if err != nil {
		return "", err
	}
	_, err = f.WriteString(text)
	err = errors.Join(err, f.Close())
	if err != nil {
		os.Remove(f.Name())
	}
	return f.Name(), err
}

// readEdited returns the text that an editor has left in a file, as whole lines.
func readEdited(name string) (string, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return "", fmt.Errorf("the editor left no file: %w", oserror.Reason(err))
	case !info.Mode().IsRegular(): // opening a FIFO would wait
		return "", errors.New("the editor left something that is not a file")
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return "", fmt.Errorf("cannot read what the editor wrote: %w", oserror.Reason(err))
	}
	if len(text) > 0 && text[len(text)-1] != '\n' {
		text = append(text, '\n')
	}
	return string(text), nil
}
