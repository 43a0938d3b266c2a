package progress

import (
	"fmt"
	"sync/atomic"
	"time"

	"mailpipe/internal/termtext"
)

// rateSpan is the time over which a rate is measured: octets move in blocks, of which
// a slow network sends less than one in a second.
const rateSpan = 10 * time.Second

// A Stage is a part of the work: it waits for something or moves octets. It is an
// io.Writer that counts.
type Stage struct {
	words  string
	size   int64        // in octets; 0 means unknown
	octets atomic.Int64 // that were written
	begun  time.Time
	counts []count // of the last rateSpan, oldest first
}

// A count is a number of octets at a time.
type count struct {
	time   time.Time
	octets int64
}

func newStage(words string, size int64, now time.Time) *Stage {
	return &Stage{words: words, size: size, begun: now, counts: []count{{time: now}}}
}

// Write counts the octets of p. It never fails.
func (s *Stage) Write(p []byte) (int, error) {
	s.octets.Add(int64(len(p)))
	return len(p), nil
}

// measure adds a count for the rate.
func (s *Stage) measure(now time.Time) {
	s.counts = append(s.counts, count{now, s.octets.Load()})
	for len(s.counts) > 2 && now.Sub(s.counts[1].time) >= rateSpan {
		s.counts = s.counts[1:]
	}
}

// rate returns the octets per second.
func (s *Stage) rate() float64 {
	first, last := s.counts[0], s.counts[len(s.counts)-1]
	seconds := last.time.Sub(first.time).Seconds()
	if seconds == 0 {
		return 0
	}
	return float64(last.octets-first.octets) / seconds
}

// text returns the words for a Stage that was measured now: the seconds while no octet has
// moved, and else the octets, the share, the rate and the time left.
func (s *Stage) text(now time.Time) string {
	octets := s.counts[len(s.counts)-1].octets
	if octets == 0 {
		return fmt.Sprintf("%s: %d s", s.words, int(now.Sub(s.begun).Seconds()))
	}
	rate := s.rate()
	speed := termtext.Size(int64(rate)) + "/s"
	if s.size <= 0 {
		return fmt.Sprintf("%s: %s, %s", s.words, termtext.Size(octets), speed)
	}
	rest := max(s.size-octets, 0) // line endings and dots may add octets to those that were announced
	share := 100 * (s.size - rest) / s.size
	text := fmt.Sprintf("%s: %s of %s, %d %%, %s", s.words, termtext.Size(octets), termtext.Size(s.size), share, speed)
	if rate > 0 {
		text += ", " + clock(float64(rest)/rate) + " left"
	}
	return text
}

// clock returns a number of seconds as m:ss or h:mm:ss.
func clock(seconds float64) string {
	n := int64(seconds + 0.5)
	if n >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", n/3600, n/60%60, n%60)
	}
	return fmt.Sprintf("%d:%02d", n/60, n%60)
}
