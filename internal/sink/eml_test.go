package sink

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// files returns the names of the files in a directory.
func files(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// awaitIncomplete waits for the hidden file of a mail that comes in.
func awaitIncomplete(t *testing.T, dir string) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if names := files(t, dir); len(names) == 1 && strings.HasPrefix(names[0], ".") {
			return
		}
	}
	t.Fatalf("%q while a mail comes in", files(t, dir))
}

// With eml:DIR, each mail is a file in DIR, which the reply to the final dot names.
func TestEML(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "Mail")
	addr, _ := start(t, Options{Dir: "eml:" + dir})
	c := connect(t, addr)
	play(t, c, "(hello)(mail)(rcpt)(data)")
	awaitIncomplete(t, dir)
	io.WriteString(c, "Subject: x\r\n\r\nBonjour\r\n.\r\n")
	reply, err := bufio.NewReader(c).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	names := files(t, dir)
	if len(names) != 1 || !strings.HasSuffix(names[0], ".eml") || reply != "250 2.0.0 kept as "+names[0]+"\r\n" {
		t.Fatalf("%q, reply %q", names, reply)
	}
	text, err := os.ReadFile(filepath.Join(dir, names[0]))
	const want = "Return-Path: <alice@example.org>\nDelivered-To: bob@example.org\nSubject: x\n\nBonjour\n"
	if string(text) != want || err != nil {
		t.Errorf("%q, %v", text, err)
	}
}

// A mail that is cut off leaves no file.
func TestEMLCutOff(t *testing.T) {
	dir := t.TempDir()
	c, err := Dial(context.Background(), Options{Dir: "eml:" + dir})
	if err != nil {
		t.Fatal(err)
	}
	play(t, c, `
		(hello)(mail)(rcpt)(data)
		C: Subject: half`)
	c.Close()
	if names := files(t, dir); len(names) != 0 {
		t.Errorf("left: %q", names)
	}
}

// A directory that has such a name is not a prefix.
func TestDirectoryNamedEML(t *testing.T) {
	t.Chdir(t.TempDir())
	addr, _ := start(t, Options{Dir: "./eml:Mail"})
	play(t, connect(t, addr), oneMail)
	if n := len(stored(t, "eml:Mail")); n != 1 {
		t.Errorf("%d mails in the Maildir", n)
	}
	if err := (Options{Dir: "eml:"}).Check(); err == nil || err.Error() != "missing directory after eml:" {
		t.Error(err)
	}
}

// The name of a Maildir file is in the reply, too. A mail that is not in a file has none.
func TestKept(t *testing.T) {
	dir := t.TempDir()
	for _, opt := range []Options{{Dir: dir}, {}} {
		addr, _ := start(t, opt)
		c := connect(t, addr)
		play(t, c, `
			(hello)(mail)(rcpt)(data)
			C: .`)
		reply, _ := bufio.NewReader(c).ReadString('\n')
		want := "250 2.0.0 kept\r\n"
		if opt.Dir != "" {
			want = fmt.Sprintf("250 2.0.0 kept as %s\r\n", files(t, filepath.Join(dir, "new"))[0])
		}
		if reply != want {
			t.Errorf("%q, want %q", reply, want)
		}
	}
}

// Lines of up to 1 MiB are kept as they came. A longer one is refused, and the
// session goes on.
func TestLongLines(t *testing.T) {
	dir := t.TempDir()
	addr, _ := start(t, Options{Dir: dir})
	longest := strings.Repeat("x", 1<<20)
	play(t, connect(t, addr), `
		(hello)(mail)(rcpt)(data)
		C: `+longest+`
		C: .
		S: 250 .*
		(mail)(rcpt)(data)
		C: `+longest+`x
		C: .
		S: 554 5.6.0 line longer than 1 MiB
		(mail)(rcpt)(quit)`)
	if mails := stored(t, dir); len(mails) != 1 || !strings.HasSuffix(mails[0], "\n"+longest+"\n") {
		t.Errorf("%d mails", len(mails))
	}
}
