package cli

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"mailpipe/internal/getopt"
)

// No flag takes a control character. Only the subject may have several lines, of which
// the first one is used, and may be in Latin-1.
func TestMailxControlCharacters(t *testing.T) {
	h := newMailxHost(t)
	begin := map[string]string{
		"a": "X-H: ", "append": "X-H: ", "C": "X-H: ", "T": "X-H: ", "S": "from=", "E": "set ", "M": "text/html; charset=",
	}
	for name, option := range mailxTable {
		if option.Value != getopt.Required && option.Value != getopt.Matching {
			continue
		}
		flag := dashed(name)
		for _, value := range []string{"a\x1b[2J", "a\r\nBcc: eve@example.org", "a\u0085", "\xff"} {
			isSubject := name == "s" || name == "subject"
			if isSubject && (strings.Contains(value, "\n") || !utf8.ValidString(value)) {
				continue
			}
			args := []string{"mail", flag, begin[name] + value, "bob@example.org"}
			code, stdout, stderr := dropInRun{dir: h.dir, stdin: "x\n"}.run(t, args...)
			isRaw := strings.ContainsAny(stderr, "\x01\r\x1b\x7f") || !utf8.ValidString(stderr)
			if code != 64 || stdout != "" || isRaw || strings.Count(stderr, "\n") > 4 {
				t.Errorf("%q: exit status %d, %q", args, code, stderr)
			}
		}
	}
	if mails := received(t, h.box); len(mails) > 0 {
		t.Errorf("%d mails: %s", len(mails), mails[0])
	}
}

func TestMailxInvalidInput(t *testing.T) {
	var lists []string
	for i := range 10 {
		var list []string
		for j := range 1000 {
			list = append(list, fmt.Sprintf("u%d@example.org", 1000*i+j))
		}
		lists = append(lists, strings.Join(list, " "))
	}
	field := func(size int) []string { return []string{"-a", "X-A: " + strings.Repeat("x", size)} }
	for _, c := range []struct {
		name  string
		args  []string
		stdin string
		env   string
		code  int
		to    int    // the number of recipients
		words string // of standard error
	}{
		{"10,000 recipients", lists, "x\n", "", 0, 10_000, ""},
		{"10,000 blind copies", []string{"-b", lists[0], "-b", lists[1], "-c", lists[2]}, "x\n", "", 0, 3000, ""},
		{"a recipient twice", []string{"a@example.org", "-c", "a@example.org", "a@example.org"}, "x\n", "", 0, 1, ""},
		{"no part before @", []string{"@"}, "x\n", "", 64, 0, "mail: recipient: missing part before @\n"},
		{"no domain", []string{"bob@"}, "x\n", "", 64, 0, "mail: recipient: "},
		{"a flag as recipient", []string{"-s", "x", "--", "-f"}, "x\n", "", 64, 0, "-f: must not begin with a hyphen\n"},
		{"after -.", []string{"-.", "-f", "a@example.org"}, "x\n", "", 64, 0, "-f: must not begin with a hyphen\n"},
		{"a dash", []string{"-"}, "x\n", "", 64, 0, "-: must not begin with a hyphen\n"},
		{"a line ending", []string{"bob@example.org\nDATA"}, "x\n", "", 64, 0, "mail: recipient: control character\n"},
		{"a command as recipient", []string{"|touch mark"}, "x\n", "", 0, 2, ""}, // two names
		{"a command in quotes", []string{`"|touch mark"`}, "x\n", "", 0, 1, ""},
		{"a file as recipient", []string{"/tmp/mark"}, "x\n", "", 0, 1, ""}, // the name of a user
		{"a long field", append(field(100_000), "bob@example.org"), "x\n", "", 0, 1, ""},
		{"a long subject", []string{"-s", strings.Repeat("é", 50_000), "bob@example.org"}, "x\n", "", 0, 1, ""},
		{"a header over 1 MiB", append(slices.Repeat(field(100_000), 11), "bob@example.org"), "x\n", "", 65, 0,
			"header too large"},
		{"a long line", []string{"bob@example.org"}, strings.Repeat("x", 3<<20), "", 0, 1, ""},
		{"bytes", []string{"bob@example.org"}, "\x00\xff\r\r\n.\n\x1b", "", 0, 1,
			"mail: the text is not UTF-8: 1 octet read as windows-1252\n"},
		{"TMPDIR", []string{"bob@example.org"}, strings.Repeat("x\n", 1<<20), "TMPDIR=/nonexistent", 73, 0, "/nonexistent"},
		{"$MAILPIPE_FROM", []string{"bob@example.org"}, "x\n", "MAILPIPE_FROM=a b@c@d", 64, 0, "mail: "},
		{"$NAME", []string{"bob@example.org"}, "x\n", "NAME=a\nBcc: eve@example.org", 0, 1, ""},
		{"$NAME in Latin-1", []string{"bob@example.org"}, "x\n", "NAME=Andr\xe9", 0, 1, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newMailxHost(t)
			r := dropInRun{dir: h.dir, stdin: c.stdin}
			if c.env != "" {
				r.env = []string{c.env}
			}
			code, stdout, stderr := r.run(t, append([]string{"mail"}, c.args...)...)
			if code != c.code || stdout != "" || !strings.Contains(stderr, c.words) || c.words == "" && stderr != "" {
				t.Errorf("exit status %d, %s%.2000s", code, stdout, stderr)
			}
			to := 0
			for _, mail := range received(t, h.box) {
				to += strings.Count(mail, "\nDelivered-To: ")
				if strings.Contains(mail, "\nBcc:") || strings.Contains(mail, "eve@example.org>") {
					t.Errorf("%.2000s", mail)
				}
			}
			if to != c.to {
				t.Errorf("%d recipients", to)
			}
			if _, err := os.Stat(filepath.Join(h.dir, "mark")); err == nil {
				t.Error("a command ran")
			}
		})
	}
}

// Standard input may be a directory or closed, and standard output and error closed.
func TestMailxStreams(t *testing.T) {
	h := newMailxHost(t)
	if err := os.Symlink(h.sendmail, filepath.Join(h.dir, "mail")); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		shell string
		code  int
		mails int
	}{
		{"mail -s x bob@example.org </", 66, 0},
		{"mail -s x -t </", 66, 0},
		{"mail -s x -a page.html bob@example.org </", 66, 0},
		{"mail -s x bob@example.org <&-", 0, 1},
		{"mail -E -s x bob@example.org <&-", 0, 0},
		{"mail -s x bob@example.org <page.html >&- 2>&-", 0, 1},
		{"mail -s x --attach-fd 3 bob@example.org 3<page.html </dev/null", 0, 1},
		{"mail -s x --attach-fd 3 bob@example.org </dev/null", 66, 0},
		{"mail -s x -q / bob@example.org", 66, 0},
		{"mail -s x -a /dev/null bob@example.org </dev/null", 66, 0},
		{"mail -d -s x bob@example.org <page.html >/dev/full", 74, 0},
	} {
		before := len(received(t, h.box))
		cmd := exec.Command("sh", "-c", c.shell)
		cmd.Dir = h.dir
		cmd.Env = []string{"PATH=" + h.dir + ":" + os.Getenv("PATH"), "HOME=" + h.dir, "GORACE=" + os.Getenv("GORACE")}
		out, _ := cmd.CombinedOutput()
		mails := len(received(t, h.box)) - before
		if code := cmd.ProcessState.ExitCode(); code != c.code || mails != c.mails {
			t.Errorf("%s: exit status %d, want %d, %d mails, %s", c.shell, code, c.code, mails, out)
		}
	}
}
