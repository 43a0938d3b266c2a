package config

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
)

func TestShape(t *testing.T) {
	dots, brackets := strings.Repeat(".", 1000), strings.Repeat("[", 1000)
	long := strings.Repeat("x", 1000)
	deep := strings.Repeat("{a=", 1000)
	for _, tt := range []struct {
		text string
		line int // of the error; 0 means none
	}{
		// Only strings and comments may contain anything.
		{"", 0},
		{"[accounts.work]\nserver = [\"a.b.c.d.e\", \"f.g.h.i.j\"]\n", 0},
		{"accounts.work.server = [\"h\"]\naccounts = {work = {server = [\"h\"]}}", 0},
		{"a = \"" + dots + brackets + long + "\"", 0},
		{"a = '" + dots + brackets + long + "'", 0},
		{"a = \"\"\"\n" + dots + "\n" + brackets + "\"\"\"\nb = 1", 0},
		{"a = '''\n'" + dots + "\n" + brackets + "'''\nb = 1", 0},
		{"a = \"\\\"" + dots + "\"", 0},
		{"a = '\\'\nb = '" + dots + "'", 0},
		{"a = \"\"\"\\\"\"\"" + dots + "\"\"\"", 0},
		{"a = [ # " + dots + brackets + "\n1] # " + brackets, 0},
		{"a = [" + strings.Repeat("1.5, ", 1000) + "]", 0},
		{"a = [\"" + long + "\"]", 0},
		{strings.Repeat("[[a]]\n", 1000), 0},
		{strings.Repeat("a.b = 1\n", 1000), 0},
		{"[accounts." + strings.Repeat("x", 100) + "]", 0},

		{strings.Repeat("a.", 4) + "a = 1", 1},
		{"\n[" + strings.Repeat("a.", 4) + "a]", 2},
		{"\n\"a\"" + strings.Repeat(".\"a\"", 4) + " = 1", 2},
		{"a = \"\"\"\n\n\"\"\"\n" + strings.Repeat("a . ", 4) + "a = 1", 4},
		{"a = " + strings.Repeat("[", 5), 1},
		{"a = " + strings.Repeat("[\n", 5), 5},
		{"a = " + deep, 1},
		{"a = {b = {\n" + strings.Repeat("a.", 4) + "a = 1", 2},
		{"a = [\"\"\"x\"\"\"\"\", " + deep, 1},
		{"a = [\"\"\"\"\"\", " + deep, 1},
		{"a = [\"\", '', " + deep, 1},
		{"a = [\"\\\\\", " + deep, 1},
		{"a = ['\\', " + deep, 1},
		{"a = 'x\n" + deep, 2},
		{long + " = 1", 1},
		{"\"" + long + "\" = 1", 1},
		{"'" + long + "' = 1", 1},
		{"a = {'" + long + "' = 1}", 1},
		{"a = {b = 1, " + long + " = 1}", 1},
		{"a = 1\n[" + long + "]", 2},
		{"a = 1\n[[\"" + long + "\"]]", 2},
		{"a = [\n1]\n[a." + long + "]", 3},
	} {
		line, reason := checkShape([]byte(tt.text))
		if line != tt.line || (reason == "") != (tt.line == 0) {
			t.Errorf("%.60q: line %d, %q; want line %d", tt.text, line, reason, tt.line)
		}
	}
}

// Reading takes memory in proportion to the size of the file. The test reads
// 128 KiB, an eighth of the limit.
func TestBoundedMemory(t *testing.T) {
	const size, most = maxConfig / 8, 64 << 20
	fill := func(beginning, format string) string {
		var b strings.Builder
		b.WriteString(beginning)
		for i := 0; b.Len() < size; i++ {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	repeat := func(s string) string { return strings.Repeat(s, size/len(s)) }
	name := strings.Repeat("x", maxKeyLen-20)
	for _, tt := range []struct{ name, text string }{
		{"a key of 10,000 dots", strings.Repeat("a.", 10_000) + "a = 1"},
		{"a table of 10,000 dots", "[" + strings.Repeat("a.", 10_000) + "a]"},
		{"inline tables", "a = " + repeat("{a=")},
		{"arrays", "a = " + repeat("[")},
		{"quotes", repeat("\"")},
		{"keys", fill("", "a%d=1\n")},
		{"keys in a table with a long name", fill("[accounts."+name+"]\n", "a%d=1\n")},
		{"keys in an inline table with a long name", fill("accounts.\""+name+"\" = {", "a%d=1,")},
		{"tables", fill("", "[a.b.c.a%d]\n")},
		{"accounts", fill("", "[accounts.a%d]\n")},
		{"tables in an array", repeat("[[a]]\n")},
		{"a long list", "[accounts.a]\nserver = [" + fill("", "'h%d',") + "]"},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		c := &Config{accounts: map[string]*Account{}}
		err := c.read("f", []byte(tt.text))
		runtime.ReadMemStats(&after)
		var e *SettingError
		if err != nil && !errors.As(err, &e) {
			t.Errorf("%s: %v", tt.name, err)
		}
		if n := after.TotalAlloc - before.TotalAlloc; n > most {
			t.Errorf("%s: %d MiB", tt.name, n>>20)
		}
	}
}
