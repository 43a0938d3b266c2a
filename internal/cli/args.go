package cli

import (
	"slices"
	"strings"

	"mailpipe/internal/advice"

	urfave "github.com/urfave/cli/v2"
)

// argument is one flag with its value, or an operand.
type argument struct {
	flag  string // the flag's Name; empty: an operand
	value string
}

// sorted is a command line that was taken apart.
type sorted struct {
	table []Flag     // those that it may have
	args  []argument // in the order of the command line
	exec  []string   // what follows --exec
}

// operands returns what is no flag.
func (s sorted) operands() []string {
	var list []string
	for _, a := range s.args {
		if a.flag == "" {
			list = append(list, a.value)
		}
	}
	return list
}

// flags returns the flags in the one form that the library cannot misread.
func (s sorted) flags() []string {
	var list []string
	for _, a := range s.args {
		switch f := find(s.table, a.flag); {
		case f == nil:
		case f.Value == "":
			list = append(list, "--"+f.Name)
		default:
			list = append(list, "--"+f.Name+"="+a.value)
		}
	}
	return list
}

// has tells whether a flag was given. It knows no alias: the arguments have none.
func (s sorted) has(name string) bool {
	if !slices.ContainsFunc(s.table, func(f Flag) bool { return f.Name == name }) {
		panic("no flag " + name)
	}
	return slices.ContainsFunc(s.args, func(a argument) bool { return a.flag == name })
}

// mayHave is what the library calls for a flag that it does not know: one that
// was not given has no value, one that the command has not is a fault of ours.
func (s sorted) mayHave(_ *urfave.Context, name string) {
	if find(s.table, name) == nil {
		panic("no flag " + name)
	}
}

func find(table []Flag, name string) *Flag {
	for i := range table {
		if table[i].is(name) {
			return &table[i]
		}
	}
	return nil
}

// sortArgs takes a command line apart as GNU getopt_long does: flags and
// operands in any order, -sHello, -nv, --flag=value, --flag value, `--` ends
// the flags, `-` is an operand. --exec takes all that follows it.
func sortArgs(table []Flag, args []string) (sorted, error) {
	s := sorted{table: table}
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		switch {
		case arg == "--":
			for _, a := range args {
				s.args = append(s.args, argument{value: a})
			}
			return s, nil
		case strings.HasPrefix(arg, "--"):
			name, value, given := strings.Cut(arg[2:], "=")
			f := find(table, name)
			if f == nil || len(name) == 1 {
				return s, unknownFlag(table, "--"+name)
			}
			if f.Name == "exec" {
				if given {
					args = append([]string{value}, args...)
				}
				if len(args) > 0 && args[0] == "--" {
					args = args[1:] // as for env or timeout: no command is called so
				}
				if len(args) == 0 || args[0] == "" {
					return s, usage("--exec needs a command")
				}
				s.args = append(s.args, argument{"exec", args[0]})
				s.exec = args
				return s, nil
			}
			if f.Value == "" && given {
				return s, usage("--%s takes no value", name)
			}
			if f.Value != "" && !given {
				if len(args) == 0 {
					return s, usage("--%s needs a value (%s)", name, f.Value)
				}
				value, args = args[0], args[1:]
			}
			s.args = append(s.args, argument{f.Name, value})
		case len(arg) > 1 && arg[0] == '-':
			rest, err := s.letters(table, arg, args)
			if err != nil {
				return s, err
			}
			args = rest
		default:
			s.args = append(s.args, argument{value: arg})
		}
	}
	return s, nil
}

// letters takes a cluster like -nv or -sHello apart, where a letter's value may be the next
// argument. It returns the arguments that are left.
func (s *sorted) letters(table []Flag, cluster string, args []string) ([]string, error) {
	if word, _, _ := strings.Cut(cluster[1:], "="); len(word) > 1 && (find(table, word) != nil || advice.ForeignFlag(word, flagNames(table)) != "") {
		return nil, unknownFlag(table, "-"+word) // with one dash: nobody has the subject ubject
	}
	for i := 1; i < len(cluster); i++ {
		f := find(table, cluster[i:i+1])
		if f == nil {
			if i == 1 {
				return nil, unknownFlag(table, cluster)
			}
			return nil, unknownFlag(table, "-"+firstRune(cluster[i:]))
		}
		if f.Value == "" {
			s.args = append(s.args, argument{flag: f.Name})
			continue
		}
		value := cluster[i+1:]
		if value == "" {
			if len(args) == 0 {
				return nil, usage("-%c needs a value (%s)", cluster[i], f.Value)
			}
			value, args = args[0], args[1:]
		}
		s.args = append(s.args, argument{f.Name, value})
		break
	}
	return args, nil
}

func firstRune(s string) string {
	for i := range s {
		if i > 0 {
			return s[:i]
		}
	}
	return s
}
