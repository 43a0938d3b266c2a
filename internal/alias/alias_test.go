package alias

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mailpipe/internal/address"
)

// write writes a file and returns its name.
func write(t testing.TB, name, text string) string {
	t.Helper()
	name = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func atHost(a address.Address) bool { return a.Domain == "localhost" || a.Domain == "web1" }

// expand returns the result of Expand in one line.
func expand(t testing.TB, table *Table, name string) (string, error) {
	t.Helper()
	list, err := address.ParseLocal(name)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	r, err := table.Expand(list[0], atHost)
	var words []string
	for _, a := range r.To {
		words = append(words, a.Mailbox())
	}
	if r.Discard {
		words = append(words, "/dev/null")
	}
	for _, refused := range r.Refused {
		words = append(words, "!"+refused.Reason)
	}
	return strings.Join(words, " "), err
}

func TestExpand(t *testing.T) {
	list := write(t, "list", "carol@example.org # the boss\n\n# nobody else\ndave, \"Eve\" <eve@example.org>\n")
	for _, c := range []struct{ file, name, want string }{
		{"", "root", "root"},
		{"root: bob@example.org", "root", "bob@example.org"},
		{"root: bob@example.org", "ROOT", "bob@example.org"},
		{"Root: bob@example.org", "root", "bob@example.org"},
		{"root: bob@example.org", "root@localhost", "bob@example.org"},
		{"root: bob@example.org", "root@example.com", "root@example.com"},
		{"root: bob@example.org", "other", "other"},
		{"root: bob@example.org", "other@web1", "other"},
		{"root:a@b,c@d , ,e@f,", "root", "a@b c@d e@f"},
		{"root:\n\ta@b,\n# comment\n\n  c@d\nx: y", "root", "a@b c@d"},
		{"root : a@b\r\nx: y\r\n", "root", "a@b"},
		{"\"a b\": c@d", `"a b"`, "c@d"},
		{`"a:b": c@d`, `"a:b"`, "c@d"},
		{"root: a@b # c@d", "root", "a@b"},
		{`root: "a#b"@c, d#e@f`, "root", "a#b@c d#e@f"},
		{`root: "a,b"@c, Bob <b@c>`, "root", `"a,b"@c b@c`},
		// Recursion. Each address is used once.
		{"root: admin, bob\nadmin: bob, a@b\nbob: c@d", "root", "c@d a@b"},
		{"root: admin@localhost\nadmin: a@b", "root", "a@b"},
		{"root: Bob, bob, a@B, a@b", "root", "Bob a@b"},
		{`root: \root, a@b`, "root", "root a@b"},
		{"root: root, a@b", "root", "root a@b"},
		{"root: root@web1", "root", "root"},
		{`root: \bob` + "\nbob: a@b", "root", "bob"},
		{"root: a@b\nroot: c@d", "root", "a@b"},
		// Names without an entry.
		{"default: a@b\nroot: c@d", "x", "a@b"},
		{"*: a@b\nroot: c@d", "x", "a@b"},
		{"*: a@b\ndefault: c@d", "x", "c@d"},
		{"default: postmaster", "x", "postmaster"},
		{"root: x, y\n*: a@b", "root", "a@b"},
		{"*: root\nroot: a@b", "x", "a@b"},
		// Other targets.
		{"root: /dev/null", "root", "/dev/null"},
		{"root: a@b, /dev/null", "root", "a@b /dev/null"},
		{"root: |/bin/x a, b", "root", "!commands are not supported: |/bin/x a, b"},
		{`root: "|/bin/x a, b", c@d`, "root", "c@d !commands are not supported: |/bin/x a, b"},
		{"root: /var/mail/x, a@b", "root", "a@b !files are not supported: /var/mail/x"},
		{"root: :include:" + list + ", a@b\ndave: d@e", "root", "carol@example.org d@e eve@example.org a@b"},
		{`root: ":INCLUDE:` + list + `"`, "root", "carol@example.org dave eve@example.org"},
		{"root: :include:" + list + ", x\nx: :include:" + list, "root", "carol@example.org dave eve@example.org"},
	} {
		table, err := Read(write(t, "aliases", c.file))
		if err != nil {
			t.Errorf("%q: %v", c.file, err)
			continue
		}
		if got, err := expand(t, table, c.name); err != nil || got != c.want {
			t.Errorf("%q: %s: got %s, %v, want %s", c.file, c.name, got, err, c.want)
		}
	}
}

// An error names the file and the line, which is the offset of the ^ in lines.
func TestMistakes(t *testing.T) {
	for _, c := range []struct{ file, reason string }{
		{"a: b\n^root", "missing colon"},
		{"^: b", "missing name"},
		{"^a@b: c", "without @"},
		{"^\"a\x01\": c", "control character"},
		{"^ root: b", "space before the first alias"},
		{"\n^root:\n\nb: c", "missing address"},
		{"root: a,\n^  @b", "invalid address"},
		{"^root: Bob Smith", "invalid address"},
		{"^root: a@b@c", "invalid address"},
		{"^root: <>", "invalid address"},
		{"^root: g:;", "invalid address g:;"},
		{"^root: :include:list", "full name of a file"},
		{"^root: :fail: no", "unknown target :fail: no"},
		// In an expansion.
		{"root: a\na: b\n^b: root", "loop: root is reached again from root, a, b"},
		{"root: a,\n^ a\na: x, root", ""},
		{"root: :include:DIR\nx: y", ":include:DIR: is a directory"},
	} {
		before, after, _ := strings.Cut(c.file, "^")
		dir := t.TempDir()
		name := write(t, "aliases", strings.ReplaceAll(before+after, "DIR", dir))
		table, err := Read(name)
		if err == nil {
			_, err = expand(t, table, "root")
		}
		var e *Error
		if !errors.As(err, &e) || !strings.Contains(e.Reason, strings.ReplaceAll(c.reason, "DIR", dir)) {
			t.Errorf("%q: got %v, want %s", c.file, err, c.reason)
			continue
		}
		line := strings.Count(before, "\n") + 1
		if after == "" { // no ^
			line = 1
		}
		if e.File != name || c.reason != "" && e.Line != line {
			t.Errorf("%q: got %v, want line %d", c.file, e, line)
		}
	}
}

func TestBounds(t *testing.T) {
	chain := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "n%d: n%d\n", i, i+1)
		}
		return b.String()
	}
	many := func(n int) string {
		var b strings.Builder
		b.WriteString("n0: ")
		for i := range n {
			fmt.Fprintf(&b, "a%d@b,", i)
		}
		return b.String()
	}
	bomb := func() string { // 2 to the power of 30 paths
		var b strings.Builder
		for i := range 30 {
			fmt.Fprintf(&b, "n%d: n%d, m%d\nm%d: n%d\n", i, i+1, i, i, i+1)
		}
		return b.String()
	}
	for _, c := range []struct{ file, reason string }{
		{chain(32), ""},
		{chain(33), "more than 32 aliases"},
		{many(10_000), ""},
		{many(10_001), "more than 10000 addresses"},
		{"n0: a@b\n" + strings.Repeat("#", 1<<20-8), ""},
		{"n0: a@b\n" + strings.Repeat("#", 1<<20), "too large: over 1 MiB"},
		{bomb(), ""},
	} {
		start := time.Now()
		table, err := Read(write(t, "aliases", c.file))
		if err == nil {
			_, err = expand(t, table, "n0")
		}
		if (err == nil) != (c.reason == "") || err != nil && !strings.Contains(err.Error(), c.reason) {
			t.Errorf("%.40q: got %v, want %q", c.file, err, c.reason)
		}
		if time.Since(start) > 5*time.Second {
			t.Errorf("%.40q: took %v", c.file, time.Since(start))
		}
	}
}

// Nothing waits for a FIFO, and no file that is not a regular one is read.
func TestFiles(t *testing.T) {
	dir := t.TempDir()
	fifo := filepath.Join(dir, "fifo")
	if err := exec.Command("mkfifo", "-m", "600", fifo).Run(); err != nil {
		t.Fatal(err)
	}
	for name, reason := range map[string]string{
		fifo: "not a regular file", dir: "is a directory", filepath.Join(dir, "missing"): "no such file",
		"/dev/zero": "not a regular file",
	} {
		if _, err := Read(name); err == nil || !strings.Contains(err.Error(), name+": "+reason) {
			t.Errorf("%s: %v", name, err)
		}
		aliases := write(t, "aliases", "root: a@b,\n :include:"+name)
		table, err := Read(aliases)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := expand(t, table, "root"); err == nil || !strings.Contains(err.Error(), aliases+":2: ") ||
			!strings.Contains(err.Error(), reason) {
			t.Errorf("%s: %v", name, err)
		}
	}
	loop := filepath.Join(dir, "list")
	if err := os.WriteFile(loop, []byte("x@y\n:include:"+loop+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	table, err := Read(write(t, "aliases", "root: :include:"+loop))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := expand(t, table, "root"); err == nil || !strings.Contains(err.Error(), loop+":2: loop: ") {
		t.Error(err)
	}
}

// FuzzRead asserts that no file makes Read or Expand panic or loop, that each error
// has a place, and that no address has a control character.
func FuzzRead(f *testing.F) {
	for _, text := range []string{
		"root: a@b, c\nc: \"|x\", /dev/null\n*: d\n", "a: b\nb: a\n", "x:\n y # z\n", `"a b": \c, "d" <e@f>`,
		"a\\: b", "\"a: b\nc: d\"",
	} {
		f.Add(text)
	}
	name := filepath.Join(f.TempDir(), "aliases")
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "include") { // of any file of the system
			return
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		table, err := Read(name)
		if err != nil {
			if e, ok := errors.AsType[*Error](err); !ok || e.File != name || e.Reason == "" {
				t.Fatalf("%#v", err)
			}
			return
		}
		for _, alias := range append(slices.Sorted(maps.Keys(table.entries)), "nobody") {
			r, err := table.Expand(address.Address{Local: alias}, atHost)
			if e, ok := errors.AsType[*Error](err); err != nil && (!ok || e.Line == 0) {
				t.Fatalf("%s: %#v", alias, err)
			}
			for _, to := range r.To {
				if strings.ContainsAny(to.Mailbox(), "\r\n\x00") {
					t.Fatalf("%s: %q", alias, to.Mailbox())
				}
			}
		}
	})
}
