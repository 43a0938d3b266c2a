package getopt

import (
	"fmt"
	"strings"
	"testing"
)

var table = map[byte]Option{
	't': {}, 'i': {}, 'f': {Value: Required}, 'q': {Value: Glued}, 'o': {Required, "im7"},
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
		var flags []string
		for _, f := range a.Flags {
			s := string(f.Letter)
			if table[f.Letter].Value != None {
				s += "=" + f.Value
			}
			flags = append(flags, s)
		}
		operands, unknown := strings.Join(a.Operands, " "), strings.Join(a.Unknown, " ")
		got := fmt.Sprintf("%q %q %q", strings.Join(flags, " "), operands, unknown)
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
