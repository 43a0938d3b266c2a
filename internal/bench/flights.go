package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// flights counts how often a flush waits for replies, for each message.
func (b *bench) flights() error {
	const work, bound = "round trips of `queue flush`", 2.0
	if !strings.Contains(work, b.only) {
		return nil
	}
	mails := b.amount(100, 10)
	s, err := startSink(50 * time.Millisecond)
	if err != nil {
		return err
	}
	defer s.close()
	dir := b.path("spool-flights")
	if err := b.fillSpool(dir, "smtp://"+s.addr(), mails); err != nil {
		return err
	}
	if _, _, err := pipeline(b.flush(dir)).run(); err != nil {
		return err
	}
	arrived, waits := s.counts()
	if arrived != mails {
		return fmt.Errorf("%d of %d messages arrived", arrived, mails)
	}
	each, result := float64(waits)/float64(mails), "held"
	if each > bound {
		result = "**missed**"
	}
	fmt.Printf("\n## Round trips of a flush\n\nA flush of %d small mails waits %.2f times for each of them. "+
		"The bound is %.0f: %s.\n", mails, each, bound, result)
	return nil
}

// rate measures how many small mails a flush sends in a second.
func (b *bench) rate() error {
	const work, bound = "messages per second of `queue flush`", 1000
	if !strings.Contains(work, b.only) {
		return nil
	}
	mails := b.amount(1000, 20)
	s, err := startSink(0)
	if err != nil {
		return err
	}
	defer s.close()
	dir, filled := b.path("spool-rate"), b.path("filled-rate")
	if err := b.fillSpool(filled, "smtp://"+s.addr(), mails); err != nil {
		return err
	}
	flush := pipeline(b.flush(dir))
	flush.before = b.fresh(dir, filled)
	var all []float64
	for range b.rounds {
		s.reset()
		seconds, _, err := flush.run()
		if err != nil {
			return err
		}
		if arrived, _ := s.counts(); arrived != mails {
			return fmt.Errorf("%d of %d messages arrived", arrived, mails)
		}
		all = append(all, float64(mails)/seconds)
	}
	result := "held"
	if median(all) < bound {
		result = "**missed**"
	}
	fmt.Printf("\n## Mails per second\n\nA flush of %d small mails sends %.0f of them in a second (%.0f to %.0f). "+
		"The bound is %d: %s.\n", mails, median(all), slices.Min(all), slices.Max(all), bound, result)
	return nil
}
