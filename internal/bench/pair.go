package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A pair is a row of a table: a job of mailpipe and one of another program that
// do the same work.
type pair struct {
	work         string
	ours, theirs job
	bound        float64              // of the ratio; 0 means none
	runs         int                  // per round; 0 means the default
	check        func(received) error // of what ours delivers; nil: the jobs deliver no mail
	checkTheirs  func(received) error // nil: as check
}

// pairs prints a table.
func (b *bench) pairs(title string, all []pair) error {
	fmt.Printf("\n## %s\n\n| work | mailpipe | the other | ratio | bound | |\n", title)
	fmt.Println("| --- | ---: | ---: | ---: | ---: | --- |")
	for _, p := range all {
		if !strings.Contains(p.work, b.only) {
			continue
		}
		if name := cmp.Or(p.ours.missing(), p.theirs.missing()); name != "" {
			fmt.Printf("| %s | %s is not installed | | | | |\n", p.work, name)
			continue
		}
		if err := b.measure(p); err != nil {
			return err
		}
	}
	return nil
}

// measure runs a pair in rounds and prints its row.
func (b *bench) measure(p pair) error {
	if !b.quick {
		if _, _, err := b.turn(p); err != nil { // fills the caches
			return err
		}
	}
	var ours, theirs, ratios []float64
	held := 0
	for range b.rounds {
		a, z, err := b.round(p)
		if err != nil {
			return err
		}
		ours, theirs, ratios = append(ours, a), append(theirs, z), append(ratios, a/z)
		if a/z <= p.bound {
			held++
		}
	}
	bound, result := "", ""
	if p.bound > 0 {
		bound = fmt.Sprint(p.bound)
		result = fmt.Sprintf("held in %d of %d", held, b.rounds)
		if median(ratios) > p.bound {
			result = "**missed**, " + result
		}
	}
	fmt.Printf("| %s | %s | %s | %.2f | %s | %s |\n",
		p.work, duration(median(ours)), duration(median(theirs)), median(ratios), bound, result)
	return nil
}

// round returns the median times of a round.
func (b *bench) round(p pair) (ours, theirs float64, err error) {
	var all, others []float64
	for range b.amount(cmp.Or(p.runs, b.runs), 1) {
		a, z, err := b.turn(p)
		if err != nil {
			return 0, 0, err
		}
		all, others = append(all, a), append(others, z)
	}
	return median(all), median(others), nil
}

// turn runs both jobs once.
func (b *bench) turn(p pair) (ours, theirs float64, err error) {
	ours, err = b.timed(p.ours, p.check)
	if err != nil {
		return 0, 0, err
	}
	check := p.checkTheirs
	if check == nil {
		check = p.check
	}
	theirs, err = b.timed(p.theirs, check)
	return ours, theirs, err
}

// timed runs a job and checks the mail that it delivered.
func (b *bench) timed(j job, check func(received) error) (float64, error) {
	seconds, _, err := j.run()
	if err != nil || check == nil {
		return seconds, err
	}
	r, err := b.server.next()
	if err == nil {
		err = check(r)
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", j, err)
	}
	return seconds, err
}

func median(all []float64) float64 {
	s := slices.Sorted(slices.Values(all))
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}

func duration(seconds float64) string {
	if seconds < 0.1 {
		return fmt.Sprintf("%.1f ms", seconds*1000)
	}
	return fmt.Sprintf("%.2f s", seconds)
}
