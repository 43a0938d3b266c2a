// Bench measures mailpipe beside the programs that people use today, in turn
// A B A B in one run, and prints the medians and their ratios as Markdown.
// What a timed run delivers is compared at the sink by size and SHA-256.
//
//	go run ./internal/bench >BENCHMARKS.md
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

func main() {
	if os.Getenv(runner) != "" {
		if err := runJobs(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if address := os.Getenv(copierTo); address != "" {
		if err := copyToSocket(address); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	runs := flag.Int("runs", 5, "`times` that each pair is run in a round")
	rounds := flag.Int("rounds", 5, "`times` that a bound has to hold")
	only := flag.String("only", "", "run only the rows whose work contains `text`")
	quick := flag.Bool("quick", false, "use small files, to see whether all rows work")
	flag.Parse()
	if err := bench(*runs, *rounds, *only, *quick); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func bench(runs, rounds int, only string, quick bool) error {
	dir, err := os.MkdirTemp("", "mailpipe-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b, err := newBench(dir, quick)
	if err != nil {
		return err
	}
	b.runs, b.rounds, b.only = runs, rounds, only
	fmt.Println("# Benchmarks")
	fmt.Println()
	fmt.Println("Made by `go run ./internal/bench`. " + machine())
	fmt.Printf(`
Each pair ran in turn in %d rounds of %d runs (small mails 6 times as many, starts 20
times, mpack 2); the figures are medians of whole processes, start and exit included, a ratio
is one of the medians of a round, and a bound holds in a round or does not. After every run
the sink compared what arrived by size and SHA-256 (of small mails, and of what others encode
in their own way, only that it arrived). "Bound" and "goal" are those that
the project set itself.
`, rounds, runs)
	for _, part := range []func() error{b.throughput, b.small, b.roundTrips, b.alone, b.memory, b.packages} {
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}

// build compiles a package as `go build` does.
func build(dir, name, pkg string) (string, error) {
	path := filepath.Join(dir, name)
	cmd := exec.Command("go", "build", "-o", path, pkg)
	cmd.Stderr = os.Stderr
	return path, cmd.Run()
}
