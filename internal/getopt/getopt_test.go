package getopt

import (
	"fmt"
	"strings"
	"testing"
)

var table = Table{
	"t": {}, "i": {}, "f": {Value: Required}, "q": {Value: Glued}, "o": {Value: Required, Short: "im7"},
}

// join returns flags with their values, separated by spaces.
func join(flags []Flag, table Table) string {
	var all []string
	for _, f := range flags {
		s := f.Name
		if value := table[f.Name].Value; value != None && value != Last {
			s += "=" + f.Value
		}
		all = append(all, s)
	}
	return strings.Join(all, " ")
}

func TestParse(t *testing.T) {
	for _, c := range []struct{ args, flags, operands, unknown string }{
		{"", "", "", ""},
		{"bob", "", "bob", ""},
		{"-t", "t", "", ""},
		{"-ti bob eve", "t i", "bob eve", ""},
		{"-i -t -- bob", "i t", "bob", ""},
		{"-fa@b bob", "f=a@b", "bob", ""},
		{"-f a@b bob", "f=a@b", "bob", ""},
		{"-tfa@b", "t f=a@b", "", ""},
		{"-f -t bob", "f=-t", "bob", ""},
		{"-f -- bob", "f=--", "bob", ""},
		{"-f ~ bob", "f=", "bob", ""}, // ~: an empty argument
		{"-q bob", "q=", "bob", ""},
		{"-q5m -tq", "q=5m t q=", "", ""},
		{"-oi bob", "o=i", "bob", ""},
		{"-o i bob", "o=i", "bob", ""},
		{"-oA x bob", "o=A", "bob", ""},
		{"-o A x bob", "o=A", "bob", ""},
		{"-oAx bob", "o=Ax", "bob", ""},
		{"-oA", "o=A", "", ""},
		{"-toi -i", "t o=i i", "", ""},
		{"-Z bob", "", "bob", "-Z"},
		{"-tZf bob", "t", "bob", "-Zf"},
		{"--server=x bob", "", "bob", "--server=x"},
		{"--server x", "", "x", "--server"},
		{"-\xe9 bob", "", "bob", "-\xe9"},
		{"~ bob", "", " bob", ""},
	} {
		args := strings.Fields(c.args)
		for i := range args {
			args[i] = strings.ReplaceAll(args[i], "~", "")
		}
		a, err := Parse(args, table)
		operands, unknown := strings.Join(a.Operands, " "), strings.Join(a.Unknown, " ")
		got := fmt.Sprintf("%q %q %q", join(a.Flags, table), operands, unknown)
		if want := fmt.Sprintf("%q %q %q", c.flags, c.operands, c.unknown); err != nil || got != want {
			t.Errorf("%s: got %s, %v, want %s", c.args, got, err, want)
		}
	}
	for args, want := range map[string]string{
		"-f":       "option requires an argument -- 'f'",
		"-tf":      "option requires an argument -- 'f'",
		"-o":       "option requires an argument -- 'o'",
		"bob -t":   `"-t": flags must be before the operands`,
		"-- -t":    `"-t": flags must be before the operands`,
		"bob --":   `"--": flags must be before the operands`,
		"-":        `"-": flags must be before the operands`,
		"-t bob -": `"-": flags must be before the operands`,
	} {
		if a, err := Parse(strings.Fields(args), table); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, %v, want %s", args, a, err, want)
		}
	}
}

func TestPermute(t *testing.T) {
	table := Table{
		"s": {Value: Required}, "subject": {Value: Required}, "v": {}, "to": {}, ".": {Value: Last},
		"E": {Value: Matching, Match: func(arg string) bool { return arg == "set" }},
	}
	for _, c := range []struct{ args, flags, operands, rest, unknown string }{
		{"", "", "", "", ""},
		{"bob", "", "bob", "", ""},
		{"bob -s x eve -v", "s=x v", "bob eve", "", ""},
		{"-sx -vsy bob", "s=x v s=y", "bob", "", ""},
		{"- bob", "", "- bob", "", ""},
		{"bob -- -v eve", "", "bob", "-v eve", ""},
		{"-s -- -- bob", "s=--", "", "bob", ""},
		{"--", "", "", "", ""},
		{"-- --", "", "", "--", ""},
		{"-v. -- bob", "v .", "", "-- bob", ""},
		{"-.v bob", ". v", "", "bob", ""},
		{"-E set bob", "E=set", "bob", "", ""},
		{"-E bob", "E=", "bob", "", ""},
		{"-Eset bob", "E=set", "bob", "", ""},
		{"-Ev set", "E= v", "set", "", ""},
		{"-vE set set", "v E=set", "set", "", ""},
		{"-E", "E=", "", "", ""},
		{"--subject x bob", "subject=x", "bob", "", ""},
		{"bob --subject=x=y --to", "subject=x=y to", "bob", "", ""},
		{"--subject= bob", "subject=", "bob", "", ""},
		{"--s=x bob", "", "bob", "", "--s=x"},
		{"--server x", "", "x", "", "--server"},
		{"-subject x", "s=ubject", "x", "", ""},
	} {
		a, err := Permute(strings.Fields(c.args), table)
		operands, rest := strings.Join(a.Operands, " "), strings.Join(a.Rest, " ")
		got := fmt.Sprintf("%q %q %q %q", join(a.Flags, table), operands, rest, strings.Join(a.Unknown, " "))
		if want := fmt.Sprintf("%q %q %q %q", c.flags, c.operands, c.rest, c.unknown); err != nil || got != want {
			t.Errorf("%s: got %s, %v, want %s", c.args, got, err, want)
		}
	}
	for args, want := range map[string]string{
		"bob -s":    "option requires an argument -- 's'",
		"--subject": "option '--subject' requires an argument",
		"--to=bob":  "option '--to' doesn't allow an argument",
	} {
		if a, err := Permute(strings.Fields(args), table); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, %v, want %s", args, a, err, want)
		}
	}
}
