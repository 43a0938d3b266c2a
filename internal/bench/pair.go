package main

import (
	"cmp"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

// pair is a row: our job and theirs for the same work.
type pair struct {
	work         string
	ours, theirs job
	bound, goal  float64            // of the ratio
	most         float64            // seconds that ours may take; 0: any
	runs         int                // 0: the default
	series       int                // how often each is run for one figure; 0: once
	check        func(m mail) error // of a mail that came; nil: the job sends none
	from         *sink              // where it came to; nil: the arena's
	loose        bool               // theirs encodes differently: only its arrival is checked
}

// head prints the head of a table of pairs.
func head(title string) {
	fmt.Printf("\n## %s\n\n| work | mailpipe | the other | ratio | bound | goal | |\n| --- | ---: | ---: | ---: | ---: | ---: | --- |\n", title)
}

// pair runs a pair in turn and prints its row.
func (b *setup) pair(p pair) error {
	if !b.wanted(p.work) {
		return nil
	}
	for _, j := range []job{p.ours, p.theirs} {
		for _, words := range j.Commands {
			if err := have(words[0]); err != nil {
				fmt.Printf("| %s | %v | | | | | |\n", p.work, err)
				return nil
			}
		}
	}
	runs := cmp.Or(p.runs, b.runs)
	var ours, theirs, ratios []float64
	held := 0
	for round := range b.rounds {
		a, z, err := b.round(p, runs, round == 0)
		if err != nil {
			return err
		}
		ours, theirs, ratios = append(ours, a), append(theirs, z), append(ratios, a/z)
		if a/z <= p.bound && (p.most == 0 || a <= p.most) {
			held++
		}
	}
	bound, reached := figure(p.bound), verdict(median(ratios), p.bound, p.goal)
	if p.most > 0 {
		bound += ", " + seconds(p.most)
		if median(ours) > p.most {
			reached = missed
		}
	}
	if p.bound > 0 {
		reached += fmt.Sprintf(", held in %d of %d", held, b.rounds)
	}
	fmt.Printf("| %s | %s | %s | %.2f | %s | %s | %s |\n", p.work, seconds(median(ours)), seconds(median(theirs)), median(ratios),
		bound, figure(p.goal), reached)
	return nil
}

// round runs a pair in turn and returns the medians. A cold one has a turn more,
// which warms the caches and is not counted.
func (b *setup) round(p pair, runs int, cold bool) (ours, theirs float64, err error) {
	if cold {
		if _, _, err := b.turn(p); err != nil {
			return 0, 0, err
		}
	}
	var all, others []float64
	for range runs {
		a, z, err := b.turn(p)
		if err != nil {
			return 0, 0, err
		}
		all, others = append(all, a), append(others, z)
	}
	return median(all), median(others), nil
}

// turn runs ours, then theirs.
func (b *setup) turn(p pair) (ours, theirs float64, err error) {
	if p.check == nil { // one process can run both
		all, err := inTurn(max(1, p.series), p.ours, p.theirs)
		if err != nil {
			return 0, 0, err
		}
		return all[0].Seconds, all[1].Seconds, nil
	}
	if ours, err = b.timed(p, p.ours, p.check); err != nil {
		return 0, 0, err
	}
	check := p.check
	if p.loose {
		check = func(mail) error { return nil }
	}
	theirs, err = b.timed(p, p.theirs, check)
	return ours, theirs, err
}

// timed runs a job and checks the mail that it sent.
func (b *setup) timed(p pair, j job, check func(mail) error) (float64, error) {
	o, err := j.run()
	if err != nil {
		return 0, err
	}
	from := cmp.Or(p.from, b.sink)
	if err := check(<-from.mails); err != nil {
		return 0, fmt.Errorf("%s: %w", j, err)
	}
	return o.Seconds, nil
}

func (b *setup) wanted(work string) bool { return strings.Contains(work, b.only) }

func median(all []float64) float64 {
	s := slices.Sorted(slices.Values(all))
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}

func verdict(value, bound, goal float64) string {
	switch {
	case bound == 0:
		return ""
	case value <= goal:
		return "goal"
	case value <= bound:
		return "bound"
	}
	return missed
}

const missed = "**missed**"

func figure(f float64) string {
	if f == 0 {
		return ""
	}
	return fmt.Sprintf("%g", f)
}

func seconds(s float64) string {
	if s < 0.1 {
		return fmt.Sprintf("%.1f ms", s*1000)
	}
	return fmt.Sprintf("%.2f s", s)
}

// machine describes where it ran.
func machine() string {
	cpu, kernel, load := "", "", ""
	if all, err := os.ReadFile("/proc/loadavg"); err == nil {
		load, _, _ = strings.Cut(string(all), " ")
	}
	if info, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		if _, rest, ok := strings.Cut(string(info), "model name"); ok {
			line, _, _ := strings.Cut(rest, "\n")
			cpu = strings.TrimLeft(line, "\t :")
		}
	}
	if release, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		kernel = strings.TrimSpace(string(release))
	}
	return fmt.Sprintf("%s, %d × %s, Linux %s, %s; load average before it began: %s.", time.Now().UTC().Format("2006-01-02"), runtime.NumCPU(), cpu, kernel, runtime.Version(), load)
}
