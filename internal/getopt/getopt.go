// Package getopt reads arguments as getopt(3) does: flags of one letter, alone or in
// a cluster, with their values. It also reads flags with long names.
package getopt

import (
	"fmt"
	"strings"
)

// A Table lists the flags of a program by their names: a letter, or a long name, which
// follows two dashes.
type Table map[string]Option

// An Option is how a flag takes its value.
type Option struct {
	Value Value

	// Short, of a flag with a Required value, lists the values of one letter that are
	// complete. After another letter, the next argument belongs to it: -oA value.
	Short string

	// Match, of a flag with a Matching value, reports whether this is its value.
	Match func(arg string) bool
}

// A Value says where the value of a flag is.
type Value int

const (
	None     Value = iota // there is none
	Required              // glued to the flag, otherwise the next argument
	Glued                 // glued to the flag, otherwise there is none
	Matching              // as Required, if Match reports true; otherwise there is none
	Last                  // of Permute: there is none, and no flags follow, as after --
)

// A Flag is a flag of the command line and its value.
type Flag struct {
	Name  string
	Value string
}

// Arguments are what a command line consists of.
type Arguments struct {
	Flags    []Flag
	Operands []string
	Rest     []string // of Permute: what follows the end of the flags
	Unknown  []string // flags that are not in the table, with what is glued to them

	ended bool // there was a flag with the Value Last
}

// Parse reads arguments by a table of the flags, as POSIX demands. The first operand
// or -- ends the flags. What begins with a dash after that is an error, because it was
// meant as a flag. So is a dash alone.
func Parse(args []string, table Table) (Arguments, error) {
	var a Arguments
	for len(args) > 0 && isFlag(args[0]) {
		arg := args[0]
		args = args[1:]
		if arg == "--" {
			break
		}
		used, err := a.flag(arg, args, table)
		if err != nil {
			return a, err
		}
		args = args[used:]
	}
	for _, arg := range args {
		if strings.HasPrefix(arg, "-") {
			return a, fmt.Errorf("%q: flags must be before the operands", arg)
		}
	}
	a.Operands = args
	return a, nil
}

// Permute reads arguments as Parse does, but flags and operands may be in any order.
func Permute(args []string, table Table) (Arguments, error) {
	var a Arguments
	for len(args) > 0 && args[0] != "--" && !a.ended {
		arg := args[0]
		args = args[1:]
		if !isFlag(arg) {
			a.Operands = append(a.Operands, arg)
			continue
		}
		used, err := a.flag(arg, args, table)
		if err != nil {
			return a, err
		}
		args = args[used:]
	}
	if len(args) > 0 && !a.ended {
		args = args[1:]
	}
	a.Rest = args
	return a, nil
}

func isFlag(arg string) bool { return strings.HasPrefix(arg, "-") && arg != "-" }

// flag reads an argument that begins with a dash. It returns how many of the next
// arguments are values.
func (a *Arguments) flag(arg string, next []string, table Table) (used int, err error) {
	name, value, given := strings.Cut(strings.TrimPrefix(arg, "--"), "=")
	option, known := table[name]
	switch {
	case !strings.HasPrefix(arg, "--") || !known || len(name) == 1:
		return a.cluster(arg[1:], next, table)
	case given && option.Value == None:
		return 0, fmt.Errorf("option '--%s' doesn't allow an argument", name)
	case !given && option.Value == Required:
		if len(next) == 0 {
			return 0, fmt.Errorf("option '--%s' requires an argument", name)
		}
		value, used = next[0], 1
	}
	a.Flags = append(a.Flags, Flag{name, value})
	return used, nil
}

// cluster reads the letters after a dash. It returns how many of the next arguments
// are values. An unknown letter ends the cluster: what follows may be its value.
func (a *Arguments) cluster(letters string, next []string, table Table) (used int, err error) {
	for i := range len(letters) {
		letter, value := letters[i:i+1], letters[i+1:]
		option, known := table[letter]
		if value == "" && len(next) > 0 && option.Value != Glued {
			value, used = next[0], 1
		}
		switch {
		case !known:
			a.Unknown = append(a.Unknown, "-"+letters[i:])
			return 0, nil
		case option.Value == None, option.Value == Last, option.Value == Matching && !option.Match(value):
			a.Flags = append(a.Flags, Flag{Name: letter})
			a.ended = a.ended || option.Value == Last
			used = 0
			continue
		case option.Value == Required && value == "" && used == 0:
			return 0, fmt.Errorf("option requires an argument -- '%s'", letter)
		}
		if option.Short != "" && len(value) == 1 && !strings.Contains(option.Short, value) && len(next) > used {
			used++
		}
		a.Flags = append(a.Flags, Flag{letter, value})
		return used, nil
	}
	return 0, nil
}
