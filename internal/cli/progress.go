package cli

import (
	"io"
	"os"
	"time"

	urfave "github.com/urfave/cli/v2"

	"mailpipe/internal/progress"
	"mailpipe/internal/signals"
	"mailpipe/internal/stdio"
)

func progressFlags() []urfave.Flag {
	return []urfave.Flag{
		outputGroup.toggle("progress", "show the progress also without a terminal"),
		outputGroup.toggle("no-progress", "do not show the progress"),
	}
}

// startProgress shows the progress of the command, if standard error is a terminal. claimed
// means that something else is shown there.
func (c *call) startProgress(claimed bool) error {
	force, forbid := c.flags.Bool("progress"), c.flags.Bool("no-progress")
	if force && forbid {
		return usage("--progress and --no-progress exclude each other")
	}
	claimed = claimed || c.flags.Bool("quiet") || c.flags.Bool("verbose")
	if forbid || !force && (claimed || !stdio.IsTerminal(c.Stderr)) {
		return nil
	}
	c.progress.Start(progress.Options{Title: c.title, Force: force, Dumb: c.Getenv("TERM") == "dumb"})
	return nil
}

// eraseProgress erases the line before a signal ends the process. It does not wait for long
// if Ctrl-S has stopped the terminal.
func (c *call) eraseProgress() {
	erased := make(chan struct{})
	go func() {
		c.progress.Stop()
		close(erased)
	}()
	select {
	case <-erased:
	case <-time.After(signals.Grace):
	}
}

// hasReader reports whether standard output is a terminal, which shows it, or a pipe, whose
// reader may show its own progress, as in compose | deliver.
func (c *call) hasReader() bool {
	info, err := c.Stdout.Stat()
	return err == nil && info.Mode()&(os.ModeNamedPipe|os.ModeSocket) != 0 || stdio.IsTerminal(c.Stdout)
}

// output returns standard output. If it is a terminal, the line of the progress is erased
// before each write.
func (c *call) output() io.Writer {
	if stdio.IsTerminal(c.Stdout) {
		return c.progress.Before(c.out)
	}
	return c.out
}
