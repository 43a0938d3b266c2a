package cli

import (
	"testing"

	urfave "github.com/urfave/cli/v2"
)

// The name of a value is its kind. Each flag that has a value, and each operand, has one
// that is known.
func TestValueKinds(t *testing.T) {
	count := 0
	check := func(command, name string) {
		t.Helper()
		if _, ok := offers(name); !ok {
			t.Errorf("%s: unknown kind of value %q", command, name)
		}
		count++
	}
	for _, command := range append(Commands(), "") {
		for _, f := range Flags(command) {
			name, _ := splitUsage(f)
			if takesValue(f) && !isOptional(f) {
				check(command+" --"+f.Names()[0], name)
			} else if _, isToggle := f.(*urfave.BoolFlag); isToggle && name != "" {
				t.Errorf("%s --%s: has a kind of value but takes none", command, f.Names()[0])
			}
		}
	}
	for _, c := range completions() {
		for _, f := range c.Flags {
			if f.Value.Name != "" && !f.Value.Optional {
				check(c.Name+" "+f.Names[0], f.Value.Name)
			}
		}
		if c.Operand.Name != "" && c.Operand.Name != "COMMAND" {
			check(c.Name, c.Operand.Name)
		}
	}
	if count < 200 {
		t.Errorf("found only %d values", count)
	}
	for _, name := range []string{"", "NOTHING", "FILE|NOTHING", "file|NOTHING"} {
		if _, ok := offers(name); ok && name != "" {
			t.Errorf("%q is a known kind", name)
		}
	}
}
