// Package cli is the command line: flags, errors, exit codes. It alone knows
// compose, detect and wire.
package cli

// Run runs a command line and returns its exit status.
func Run(args []string, env *Env) int { panic("unwritten") }

// Env is what a command may touch of the world.
type Env struct{}

// OS returns the real one.
func OS() *Env { panic("unwritten") }
