package docs

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"mailpipe/internal/subprocess"
	"mailpipe/internal/testservers"
)

var update = flag.Bool("update", false, "rewrite the charts in the README and the man pages, and what is copied")

func readme(t *testing.T) string {
	t.Helper()
	return read(t, filepath.Join(root, "README.md"))
}

// A block is a fenced block of the README.
type block struct{ language, text string }

var fence = regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$")

func blocks(t *testing.T) []block {
	t.Helper()
	var all []block
	for _, m := range fence.FindAllStringSubmatch(readme(t), -1) {
		all = append(all, block{m[1], m[2]})
	}
	return all
}

// name returns the first line of the block, without what continues it.
func (b block) name() string {
	return strings.Trim(strings.SplitN(b.text, "\n", 2)[0], `\ |`)
}

// notRun are the blocks that another test runs, or that run this test.
var notRun = []string{
	"go test -json ./... | go run ./internal/testreport\n",
	"go run ./internal/bench >BENCHMARKS.md\n", // TestBenchmark
	// TestREADME of internal/pack runs these.
	"make install PREFIX=\"$HOME/.local\"\n",
	"tar -xzf mailpipe-v1.2.3-linux-amd64.tar.gz\n" +
		"cp -R mailpipe-v1.2.3-linux-amd64/bin mailpipe-v1.2.3-linux-amd64/share /usr/local\n",
}

// notRunBegins is what a block begins with that TestFirstMail of internal/pack runs.
const notRunBegins = "mailpipe sink --listen 127.0.0.1:1025 "

// isRunElsewhere reports whether TestREADME leaves a block out. TestLibrary has the Go
// program, TestREADMECompose and TestREADMEServices have the files in YAML and of systemd.
func (b block) isRunElsewhere() bool {
	return slices.Contains([]string{"go", "yaml", "ini"}, b.language) || slices.Contains(notRun, b.text) ||
		strings.HasPrefix(b.text, notRunBegins)
}

// TestREADME runs each block of the README with a language that it knows how to run. A
// block that sends mail must deliver some, unless its expected output says how it fails.
// A TOML block is the configuration of the next block.
func TestREADME(t *testing.T) {
	config, isSetUp := "", false
	for _, b := range blocks(t) {
		if strings.HasPrefix(b.text, setupBegin) {
			isSetUp = true
			continue
		}
		if b.language == "toml" {
			config = b.text
			continue
		}
		if b.isRunElsewhere() {
			continue
		}
		t.Run(b.name(), func(t *testing.T) {
			needPrograms(t, b.text)
			w := newTerminal(t)
			if config != "" {
				w.configure(config)
				config = ""
			}
			switch {
			case b.language == "crontab":
				w.runAsCron(b.text)
			case b.language == "sh" && !isSetUp: // in this directory
				w.workspace = newWorkspace(t)
				w.run(b.text)
			case b.language == "sh":
				w.paste(withDatabase(w.workspace, b.text))
			default:
				t.Fatalf("unknown language %q", b.language)
			}
			if sends(b.text) && w.delivered() == 0 {
				t.Error("no mail arrived")
			}
		})
	}
}

// The script that sends later keeps the mail for the deferred recipients alone
// if others have it or are refused.
func TestREADMEDeferred(t *testing.T) {
	all := blocks(t)
	i := slices.IndexFunc(all, func(b block) bool { return strings.Contains(b.text, "'kept for later'") })
	if i < 0 {
		t.Fatal("no script keeps a mail for later")
	}
	script := expectation.ReplaceAllString(all[i].text, "")
	for _, c := range []struct {
		status       int
		report, want string
		recipients   string
	}{
		{0, `bob@example.org\taccepted\t250\t\tok\n`, "sent", ""},
		{75, `bob@example.org\tdeferred\t451\t\tlater\n`, "kept for later", ""},
		{69, `bob@example.org\taccepted\t250\t\tok\ncarol@example.org\tdeferred\t451\t\tlater\n`,
			"kept for later: carol@example.org", "carol@example.org"},
		{69, `bob@example.org\trefused\t550\t\tno\nc@x\tdeferred\t451\t\t\nd@x\tdeferred\t451\t\t\n`,
			"kept for later: c@x\n#> d@x", "c@x\nd@x"},
		{69, `bob@example.org\taccepted\t250\t\tok\ncarol@example.org\trefused\t550\t\tdeferred\n`,
			"kept for later: none", ""},
		{67, `bob@example.org\trefused\t550\t\tno\n`, "trying again would not help", ""},
	} {
		w := newWorkspace(t)
		standIn := fmt.Sprintf("mailpipe() { printf '%s'; return %d; }\n", c.report, c.status)
		w.run(standIn + script + "#> " + c.want + "\n")
		kept, _ := os.ReadFile(filepath.Join(w.dir, "later/recipients"))
		if got := strings.TrimSuffix(string(kept), "\n"); got != c.recipients {
			t.Errorf("status %d, %s: kept for %q, want %q", c.status, c.report, got, c.recipients)
		}
	}
}

var cronFields = regexp.MustCompile(`^([\d*/]+ ){5}`)

// withDatabase returns text with the URLs of a database that the workspace has. Only Linux
// has one.
var withDatabase = func(_ *workspace, text string) string { return text }

// runUnit runs the command of a systemd unit, if it has one. A service runs until a
// signal ends it.
func (w *workspace) runUnit(unit string) {
	m := regexp.MustCompile(`(?m)^ExecStart=(.*)$`).FindStringSubmatch(withDatabase(w, unit))
	switch {
	case m == nil:
	case strings.Contains(unit, "Type=oneshot"):
		w.run(m[1])
	default:
		w.run("timeout 1 " + m[1] + " || echo \"status $?\"\n#> status 124\n")
	}
}

// needPrograms skips the test if a program of others that text runs is missing.
func needPrograms(t *testing.T, text string) {
	t.Helper()
	for _, program := range []string{"curl", "git", "msmtp", "s-nail", "swaks"} {
		if regexp.MustCompile(`(?m)^ *` + program + ` `).MatchString(text) {
			testservers.Need(t, program)
		}
	}
}

// sends reports whether running text should deliver mail. A block with an
// expected output may show a failure instead.
func sends(text string) bool {
	sender := regexp.MustCompile(`mailpipe (-S \S+ )?(send|deliver|sendmail|mailx)\b.*|(?m)^ *(msmtp|curl|swaks|s-nail) `)
	for _, command := range sender.FindAllString(text, -1) {
		if !strings.Contains(command, "--probe") && !strings.Contains(command, "deliver -n") {
			return !expectation.MatchString(text)
		}
	}
	return false
}

// TestExamples runs the commands under EXAMPLES in the man pages.
func TestExamples(t *testing.T) {
	literal := regexp.MustCompile(`(?ms)^\.Bd -literal[^\n]*\n(.*?)^\.Ed`)
	for _, p := range pages(t) {
		for _, m := range literal.FindAllStringSubmatch(strings.Join(p.section("EXAMPLES"), "\n"), -1) {
			text := strings.ReplaceAll(m[1], `\e`, `\`)
			if strings.HasPrefix(text, "[Service]") || strings.HasPrefix(text, "[Timer]") {
				newWorkspace(t).runUnit(text)
				continue
			}
			if strings.HasPrefix(text, "[") || strings.HasPrefix(text, "default") { // TOML
				continue
			}
			t.Run(p.name+" "+strings.SplitN(text, "\n", 2)[0], func(t *testing.T) {
				w := newWorkspace(t)
				w.env = append(w.env, "MAILPIPE_SERVER=smtp://"+w.open)
				if strings.HasPrefix(text, "mailpipe sink") {
					text = sendToSink(text)
				}
				w.run(cronFields.ReplaceAllString(withDatabase(w, text), ""))
			})
		}
	}
}

// sendToSink adds commands to an example of a sink that send three mails to it,
// and end it if it would run forever.
func sendToSink(example string) string {
	const mails = "for i in 1 2 3; do mailpipe deliver -S smtp://127.0.0.1:2525 <mail.eml; done"
	if strings.Contains(example, "--count") {
		return "(sleep 1; " + mails + ") &\n" + example
	}
	return strings.TrimSuffix(example, "\n") + " &\nsleep 1\n" + mails + "\nkill $!\n"
}

// TestBenchmark runs the benchmark as the README does, with little work for each program.
func TestBenchmark(t *testing.T) {
	testservers.NeedTime(t)
	testservers.Need(t, "base64", "curl", "file", "mmime", "mpack", "msmtp", "munpack", "reformime", "ripmime",
		"s-nail", "swaks")
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", "run", "./internal/bench", "-quick")
	cmd.Dir = root
	subprocess.KillWithChildren(cmd)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	written := read(t, filepath.Join(root, "BENCHMARKS.md"))
	for _, heading := range regexp.MustCompile(`(?m)^## .*$`).FindAllString(written, -1) {
		if !strings.Contains(string(out), heading+"\n") {
			t.Errorf("the output lacks %q:\n%s", heading, out)
		}
	}
	if strings.Contains(string(out), "not installed") {
		t.Errorf("a program is missing:\n%s", out)
	}
}

func TestREADMEExitCodes(t *testing.T) {
	rows := regexp.MustCompile(`(?m)^\| ([\d, ]+) \|`).FindAllStringSubmatch(readme(t), -1)
	var named []string
	for _, row := range rows {
		named = append(named, strings.Split(row[1], ", ")...)
	}
	known := exitCodes(t)
	slices.Sort(known)
	slices.Sort(named)
	if !slices.Equal(named, known) {
		t.Errorf("the README has %v, the program %v", named, known)
	}
}

// replaceTimes replaces the times of a chart and the name of the mail.
func replaceTimes(chart string) string {
	chart = regexp.MustCompile(`kept as \S+ [─-]*`).ReplaceAllStringFunc(chart, func(text string) string {
		name := "kept as 1764547200.M1P2Q1.localhost "
		runes := []rune(text)
		return name + strings.Repeat(string(runes[len(runes)-1]), len(runes)-len(name))
	})
	tick := 0
	return regexp.MustCompile(`(?m)^ *\d+\.\d `).ReplaceAllStringFunc(chart, func(string) string {
		tick++
		return times[min(tick, len(times))-1]
	})
}

// times replace the times of a chart. They are those of a server that is 11 ms
// away.
var times = []string{
	"     0.0 ", "    11.2 ", "    11.3 ", "    22.4 ", "    22.6 ", "    33.9 ", "    33.9 ", "    33.9 ",
	"    34.0 ", "    34.1 ", "    57.5 ", "    57.5 ", "    57.6 ", "    57.7 ", "    68.9 ", "    69.0 ", "    80.2 ",
}
