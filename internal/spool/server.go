package spool

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"time"
)

// The pauses of a server that failed. After a refused login or failed TLS they are
// longer, so that no account gets locked.
const (
	firstServerPause = 30 * time.Second
	maxServerPause   = 15 * time.Minute
	firstLoginPause  = 15 * time.Minute
	maxLoginPause    = 4 * time.Hour
)

// A Server is the record of a server that failed. It is the same for all processes
// that use the spool. If Failures is 0, the server works, as far as is known.
type Server struct {
	Key        string    `json:"key"` // its address and the login
	Failures   int       `json:"failures"`
	Since      time.Time `json:"since"` // the first of these failures
	Last       time.Time `json:"last"`
	Next       time.Time `json:"next"`  // when it may be tried again
	Pause      int       `json:"pause"` // in seconds, before Next
	Reason     string    `json:"reason"`
	NotAllowed bool      `json:"not_allowed,omitempty"` // the login was refused, or TLS failed
}

// Down reports whether the server must not be tried yet.
func (v Server) Down(now time.Time) bool {
	return v.Failures > 0 && now.Before(v.Next) && !wentBack(v.Last, now)
}

// serverName returns the name of the file about a server.
func serverName(key string) string {
	sum := sha256.Sum256([]byte(key))
	return "server-" + hex.EncodeToString(sum[:8])
}

// Server returns the record of a server. A record that cannot be read is as good
// as none.
func (s *Spool) Server(key string) (Server, error) {
	text, err := s.readFile("", serverName(key))
	if errors.Is(err, fs.ErrNotExist) {
		return Server{Key: key}, nil
	}
	var v Server
	if err == nil && json.Unmarshal(text, &v) == nil && v.Key == key {
		return v, nil
	}
	var damage *DamageError
	if err == nil || errors.As(err, &damage) {
		return Server{Key: key}, nil
	}
	return Server{Key: key}, err
}

// ServerFailed records that a server failed, and when it may be tried again.
func (s *Spool) ServerFailed(key, reason string, notAllowed bool, now time.Time) error {
	v, err := s.Server(key)
	if err != nil {
		return err
	}
	first, most := firstServerPause, maxServerPause
	if notAllowed {
		first, most = firstLoginPause, maxLoginPause
	}
	if v.Failures == 0 {
		v.Since = now
	}
	pause := doubled(time.Duration(v.Pause)*time.Second, first, most)
	v.Failures++
	v.Last, v.Next, v.Pause = now, now.Add(pause), int(pause/time.Second)
	v.Reason, v.NotAllowed = reason, notAllowed
	text, err := json.MarshalIndent(v, "", "\t")
	if err != nil {
		return s.fail(IO, err)
	}
	return s.replace(serverName(key), append(text, '\n'), false)
}

// ServerWorks forgets the failures of a server.
func (s *Spool) ServerWorks(key string) error { return s.remove(serverName(key)) }
