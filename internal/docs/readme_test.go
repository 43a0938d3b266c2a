package docs

import (
	"context"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"mailpipe/internal/testservers"
)

var update = flag.Bool("update", false, "draw the chart of the README again")

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// block is a fenced part of the README.
type block struct{ heading, language, text string }

var fence = regexp.MustCompile("(?ms)^(?:## ([^\n]*)$|```(\\w+)\n(.*?)^```$)")

func blocks(t *testing.T) []block {
	t.Helper()
	var all []block
	heading := ""
	for _, m := range fence.FindAllStringSubmatch(readme(t), -1) {
		if m[1] != "" {
			heading = m[1]
			continue
		}
		all = append(all, block{heading, m[2], m[3]})
	}
	return all
}

// recipes are the blocks of the README under each heading, in their order:
// how many mails they send, and the programs of others that they name.
var recipes = map[string][]struct {
	mails    int
	programs string
}{
	"Two commands":         {{mails: 1}, {}},
	"Mail from a script":   {{mails: 1}, {mails: 1}, {mails: 3}},
	"When something fails": {{mails: 1}, {mails: 1}, {}, {}},
	"Loops":                {{mails: 6}},
	"Cron":                 {{mails: 1}, {mails: 1}},
	"Other tools":          {{1, "msmtp"}, {2, "curl"}, {2, "swaks"}, {2, "s-nail"}, {1, "git"}},
	"Accounts":             {{}, {mails: 1}, {mails: 1}, {mails: 1}, {}, {mails: 1}, {mails: 1}},
	"Looking at it":        {{mails: 5}, {}},
	"More":                 {{}},
}

func TestREADME(t *testing.T) {
	at := map[string]int{}
	accounts := "" // the configuration that the block before has shown
	for _, b := range blocks(t) {
		i := at[b.heading]
		at[b.heading]++
		if i >= len(recipes[b.heading]) {
			t.Errorf("nothing is known of this block under %q:\n%s", b.heading, b.text)
			continue
		}
		recipe := recipes[b.heading][i]
		name := strings.Trim(strings.SplitN(b.text, "\n", 2)[0], `\ |`)
		t.Run(name, func(t *testing.T) {
			if recipe.programs != "" {
				testservers.Need(t, recipe.programs)
			}
			switch {
			case b.language == "toml":
				accounts = b.text
				return
			case b.language == "text": // TestChart
			case b.text == "go test ./...\n": // this is it
			case b.text == "go run ./internal/bench >BENCHMARKS.md\n": // TestBenchmark
			case b.language == "crontab":
				d := newDesk(t)
				d.run(cronFields.ReplaceAllString(b.text, ""))
				d.wants(recipe.mails)
			case b.language == "sh":
				d := newDesk(t)
				if accounts != "" {
					d.write(".config/mailpipe/config.toml", d.names.Replace(accounts))
				}
				d.run(b.text)
				d.wants(recipe.mails)
			default:
				t.Errorf("a block of %s", b.language)
			}
			accounts = ""
		})
	}
	for heading, list := range recipes {
		if at[heading] != len(list) {
			t.Errorf("%d blocks under %q, %d are known", at[heading], heading, len(list))
		}
	}
}

var cronFields = regexp.MustCompile(`^(\S+ ){5}`)

func (d *desk) wants(mails int) {
	d.t.Helper()
	if n := d.delivered(); n != mails {
		d.t.Errorf("%d mails arrived, want %d", n, mails)
	}
}

// TestExamples runs what stands under EXAMPLES in the man pages.
func TestExamples(t *testing.T) {
	literal := regexp.MustCompile(`(?ms)^\.Bd -literal[^\n]*\n(.*?)^\.Ed`)
	for _, p := range pages(t) {
		for _, m := range literal.FindAllStringSubmatch(strings.Join(p.section("EXAMPLES"), "\n"), -1) {
			text := strings.ReplaceAll(m[1], `\e`, `\`)
			if strings.HasPrefix(text, "[") || strings.HasPrefix(text, "default") { // TOML
				continue
			}
			t.Run(p.name+" "+strings.SplitN(text, "\n", 2)[0], func(t *testing.T) {
				d := newDesk(t)
				d.env = append(d.env, "MAILPIPE_SERVER=smtp://"+d.open)
				if strings.HasPrefix(text, "mailpipe sink") {
					text = callSink(text)
				}
				d.run(text)
			})
		}
	}
}

// callSink lets somebody else send three mails to the sink of an example, and
// ends one that would go on for ever.
func callSink(example string) string {
	const mails = "for i in 1 2 3; do mailpipe deliver -S smtp://127.0.0.1:2525 <mail.eml; done"
	if strings.Contains(example, "--count") {
		return "(sleep 1; " + mails + ") &\n" + example
	}
	return strings.TrimSuffix(example, "\n") + " &\nsleep 1\n" + mails + "\nkill $!\n"
}

// TestCIRunsTheREADME holds that the second command of the README is the one
// that is run on a fresh machine.
func TestCIRunsTheREADME(t *testing.T) {
	run, err := os.ReadFile(filepath.Join(root, ".ci", "run"))
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range blocks(t) {
		if command, ok := strings.CutPrefix(strings.TrimSpace(b.text), "go test"); ok && !strings.Contains(string(run), "go test -timeout 15m"+command) {
			t.Errorf(".ci/run does not run go test%s", command)
		}
	}
}

// TestBenchmark runs the benchmark as the README does, with small files.
func TestBenchmark(t *testing.T) {
	testservers.Need(t, "base64", "curl", "file", "mmime", "mpack", "msmtp", "s-nail", "swaks")
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", "run", "./internal/bench", "-quick", "-rounds", "1", "-runs", "1")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	written, err := os.ReadFile(filepath.Join(root, "BENCHMARKS.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, heading := range regexp.MustCompile(`(?m)^## .*$`).FindAllString(string(written), -1) {
		if !strings.Contains(string(out), heading+"\n") {
			t.Errorf("nothing under %q:\n%s", heading, out)
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

// TestChart draws the last command of "Looking at it", with times of its own.
func TestChart(t *testing.T) {
	d := newDesk(t)
	drawn := d.run("mailpipe deliver --chart - -S sink:Mail <mail.eml")
	tick := 0
	drawn = regexp.MustCompile(`(?m)^ *\d+\.\d `).ReplaceAllStringFunc(drawn, func(string) string {
		tick++
		return times[min(tick, len(times))-1]
	})
	const begin, end = "<!-- chart -->\n", "<!-- end -->\n"
	text := readme(t)
	from, to := strings.Index(text, begin)+len(begin), strings.Index(text, end)
	want := "```text\n" + drawn + "```\n"
	if text[from:to] == want {
		return
	}
	if !*update {
		t.Fatalf("the chart in the README is another (-update draws it again), want\n%s", want)
	}
	if err := os.WriteFile(filepath.Join(root, "README.md"), []byte(text[:from]+want+text[to:]), 0o644); err != nil {
		t.Fatal(err)
	}
}

// times are those of a server in the next town.
var times = []string{
	"     0.0 ", "    11.2 ", "    11.3 ", "    22.4 ", "    22.6 ", "    33.9 ", "    33.9 ", "    33.9 ",
	"    34.0 ", "    34.1 ", "    57.5 ", "    57.5 ",
}
