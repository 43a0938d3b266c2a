package spool

import (
	"errors"
	"io/fs"
	"strings"
	"time"
)

// Reserve returns when the next message may be sent to a server, if all processes
// together send one in each interval. It is reserved for the caller.
func (s *Spool) Reserve(key string, every time.Duration, now time.Time) (time.Time, error) {
	name := "rate-" + strings.TrimPrefix(serverName(key), "server-")
	release, err := s.lock(name + ".lock")
	for errors.Is(err, ErrInUse) { // for as long as it takes to write a line
		time.Sleep(time.Millisecond)
		release, err = s.lock(name + ".lock")
	}
	if err != nil {
		return now, err
	}
	defer release()
	at := now
	next, err := s.readTime(name)
	if err != nil {
		return now, err
	}
	if next.After(now) && next.Sub(now) < 24*time.Hour { // else the clock went back
		at = next
	}
	return at, s.writeTime(name, at.Add(every))
}

const flushed = "flushed"

// Flushed returns when the last flush ran; zero means never.
func (s *Spool) Flushed() (time.Time, error) { return s.readTime(flushed) }

// SetFlushed records that a flush ran.
func (s *Spool) SetFlushed(now time.Time) error { return s.writeTime(flushed, now) }

// readTime reads a file that has a time. If it is missing or invalid, the time is
// zero.
func (s *Spool) readTime(name string) (time.Time, error) {
	text, err := s.readFile("", name)
	var damage *DamageError
	if errors.Is(err, fs.ErrNotExist) || errors.As(err, &damage) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, err
	}
	t, err := time.Parse(time.RFC3339Nano, strings.TrimSpace(string(text)))
	if err != nil {
		return time.Time{}, nil
	}
	return t, nil
}

func (s *Spool) writeTime(name string, t time.Time) error {
	return s.replace(name, []byte(t.Format(time.RFC3339Nano)+"\n"), false)
}
