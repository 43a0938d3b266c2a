package config

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// A file is refused only if it is absurd.
func TestComplexity(t *testing.T) {
	dots, brackets := strings.Repeat(".", 200), strings.Repeat("[", 200)
	long, deep := strings.Repeat("x", 1000), strings.Repeat("{a=", 1000)
	const account = `[accounts.a]
server = ["submission://relay1.example.com", "submission://relay2.example.com"]
from = "Alice <alice@example.com>"
user = "alice@example.com"
password_command = "pass show mail/relay"
helo = "host.example.com"
`
	for _, tt := range []struct {
		text string
		line int // of the error; 0 means that the file is accepted
	}{
		{"", 0},
		{"[accounts.work]\nserver = [\"a.b.c.d.e\", \"f.g.h.i.j\"]\n", 0},
		{"accounts.work.server = [\"h\"]\naccounts = {work = {server = [\"h\"]}}", 0},
		{"a = \"" + dots + brackets + long + "\"", 0},
		{"a = '''\n'" + dots + "\n" + brackets + "'''\nb = 1", 0},
		{"a = [ # " + dots + brackets + "\n1] # " + brackets, 0},
		{"a = [" + strings.Repeat("1.5, ", 500) + "]", 0},
		{"a = [\"" + long + "\"]", 0},
		{strings.Repeat("[[a]]\n", 1000), 0},
		{strings.Repeat("a.b = 1\n", 1000), 0},
		{strings.Repeat(account, 1000), 0},
		{strings.Repeat("password_command = \"awk '{print $1}'\"\n", 100), 0},

		{strings.Repeat("a.", 2000) + "a = 1", 1},
		{"\n[" + strings.Repeat("a.", 2000) + "a]", 2},
		{"\n\"a\"" + strings.Repeat(".\"a\"", 2000) + " = 1", 2},
		{"a = \"\"\"\n\n\"\"\"\n" + strings.Repeat("a . ", 2000) + "a = 1", 4},
		{"a = " + strings.Repeat("[", 2000), 1},
		{"a = " + strings.Repeat("[\n", 1<<15), 1 << 15},
		{"a = " + deep, 1},
		{"a = [\"\"\"x\"\"\"\"\", " + deep, 1},
		{"a = 'x\n" + deep, 2},
		{"['" + strings.Repeat("x", maxConfig/2) + "']\n" + strings.Repeat("a = 1\n", 10), 4},
	} {
		if got := tooComplexAt([]byte(tt.text)); got != tt.line {
			t.Errorf("%.60q: line %d, want %d", tt.text, got, tt.line)
		}
	}
	checkReadError(t, "\n"+strings.Repeat("a.", 2000)+"a = 1", ":2: too many keys, dots or brackets")
}

// Reading takes bounded memory. The test reads 128 KiB, an eighth of the limit.
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
	name := strings.Repeat("x", 108)
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
		{"accounts with keys", fill("", "[accounts.a%d]\nserver = 'h'\nuser = 'u'\ntls = 'required'\n")},
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
