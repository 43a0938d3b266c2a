// Bench measures mailpipe and the programs that people use today in turn, and
// prints medians and ratios as Markdown. A server checks what each run delivered.
//
//	go run ./internal/bench >BENCHMARKS.md
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

const (
	from = "alice@example.org"
	to   = "bob@example.org"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run runs the benchmark, or one of the two programs that it starts.
func run() error {
	if len(os.Args) == 4 && os.Args[1] == "serve" {
		return serve(os.Args[2], os.Args[3])
	}
	if len(os.Args) == 3 && os.Args[1] == "copy" {
		return copyTo(os.Args[2])
	}
	var b bench
	flag.IntVar(&b.runs, "runs", 5, "`number` of runs of each program in a round")
	flag.IntVar(&b.rounds, "rounds", 5, "`number` of rounds")
	flag.StringVar(&b.only, "only", "", "measure only the rows that contain `text`")
	flag.BoolVar(&b.quick, "quick", false, "run each program once, with little work, to see whether every row works")
	flag.Parse()
	return b.run()
}

// A bench has what all rows share.
type bench struct {
	runs, rounds int
	only         string
	quick        bool

	dir      string
	self     string // this program
	mailpipe string
	server   *serverProcess
	files
}

func (b *bench) run() error {
	var err error
	if b.dir, err = os.MkdirTemp("", "mailpipe-bench"); err != nil {
		return err
	}
	defer os.RemoveAll(b.dir)
	if b.self, err = os.Executable(); err != nil {
		return err
	}
	if b.mailpipe, err = b.build("mailpipe", "mailpipe"); err != nil {
		return err
	}
	if err := b.makeSmallFiles(); err != nil {
		return err
	}
	if b.quick {
		b.rounds, b.runs = 1, 1
	}
	b.largeMB = int64(b.amount(256, 8))
	if b.server, err = b.startServer(b.largeMB<<21, 0); err != nil {
		return err
	}
	defer b.server.stop()
	fmt.Printf(introduction, machine(), b.rounds, b.runs)
	// The peak memory of this process counts for those that it starts, and grows.
	for _, table := range []func() error{b.peakMemory, b.spoolMemory, b.repairMemory, b.largeAttachments, b.smallMails,
		b.repairs, b.roundTrips, b.inspects, b.spooled, b.flushed, b.rate, b.flights, b.shared} {
		if err := table(); err != nil {
			return err
		}
	}
	return nil
}

// amount returns how much work a row does: all of it, or as little as shows that it works.
func (b *bench) amount(all, little int) int {
	if b.quick {
		return little
	}
	return all
}

const introduction = `# Benchmarks

Made by ` + "`go run ./internal/bench`" + `. %s

Each pair of programs ran in turn, in %d rounds of %d runs (small mails 6 times as many, starts 20
times). Times are of whole processes, and are medians. A ratio is the quotient of the medians of a
round. After each run the server compared size and SHA-256 of what arrived; for small mails, and
for messages that the other program encodes in its own way, it only checked that a mail arrived.
`

// build builds a package, which may be a file, as internal/pack builds the program.
func (b *bench) build(name, pkg string, flags ...string) (string, error) {
	path := filepath.Join(b.dir, name)
	flags = append(flags, "-trimpath", "-tags=urfave_cli_no_docs", "-ldflags=-s -w", "-o", path)
	cmd := exec.Command("go", append(append([]string{"build"}, flags...), pkg)...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	cmd.Stderr = os.Stderr
	return path, cmd.Run()
}

// machine describes where the benchmark runs.
func machine() string {
	cpuinfo, _ := os.ReadFile("/proc/cpuinfo")
	_, model, _ := strings.Cut(string(cpuinfo), "model name\t: ")
	model, _, _ = strings.Cut(model, "\n")
	kernel, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	load, _ := os.ReadFile("/proc/loadavg")
	return fmt.Sprintf("%s, %d × %s, Linux %s, %s; load average at the start: %.4s.",
		time.Now().UTC().Format(time.DateOnly), runtime.NumCPU(), model, strings.TrimSpace(string(kernel)),
		runtime.Version(), load)
}
