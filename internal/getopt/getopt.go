// Package getopt reads arguments as getopt(3) of POSIX does: flags of one letter
// before the operands, alone or in a cluster, with their values.
package getopt

import (
	"fmt"
	"strings"
)

// An Option is how a flag takes its value.
type Option struct {
	Value Value

	// Short, of a flag with a Required value, lists the values of one letter that are
	// complete. After another letter, the next argument belongs to it: -oA value.
	Short string
}

// A Value says where the value of a flag is.
type Value int

const (
	None     Value = iota // there is none
	Required              // glued to the flag, otherwise the next argument
	Glued                 // glued to the flag, otherwise there is none
)

// A Flag is a flag of the command line and its value.
type Flag struct {
	Letter byte
	Value  string
}

// Arguments are what a command line consists of.
type Arguments struct {
	Flags    []Flag
	Operands []string
	Unknown  []string // flags that are not in the table, with what is glued to them
}

// Parse reads arguments by a table of the flags. The first operand or -- ends the
// flags. What begins with a dash after that is an error, because it was meant as a
// flag. So is a dash alone.
func Parse(args []string, table map[byte]Option) (Arguments, error) {
	var a Arguments
	for len(args) > 0 && strings.HasPrefix(args[0], "-") && args[0] != "-" {
		arg := args[0]
		args = args[1:]
		if arg == "--" {
			break
		}
		used, err := a.cluster(arg[1:], args, table)
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

// cluster reads the letters after a dash. It returns how many of the next arguments
// are values. An unknown letter ends the cluster: what follows may be its value.
func (a *Arguments) cluster(letters string, next []string, table map[byte]Option) (used int, err error) {
	for i := range len(letters) {
		letter, rest := letters[i], letters[i+1:]
		option, known := table[letter]
		switch {
		case !known:
			a.Unknown = append(a.Unknown, "-"+letters[i:])
			return 0, nil
		case option.Value == None:
			a.Flags = append(a.Flags, Flag{Letter: letter})
			continue
		case option.Value == Required && rest == "":
			if len(next) == 0 {
				return 0, fmt.Errorf("option requires an argument -- '%c'", letter)
			}
			rest, used = next[0], 1
		}
		if option.Short != "" && len(rest) == 1 && !strings.Contains(option.Short, rest) && len(next) > used {
			used++
		}
		a.Flags = append(a.Flags, Flag{letter, rest})
		return used, nil
	}
	return 0, nil
}
