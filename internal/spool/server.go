package spool

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
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

	Recent []time.Time `json:"recent,omitempty"` // the last minAttempts failures
}

// Down reports whether the server must not be tried yet.
func (v Server) Down(now time.Time) bool {
	return v.Failures > 0 && now.Before(v.Next) && !now.Before(v.Last)
}

// serverPrefix begins the names of the records of servers.
const serverPrefix = "server-"

// serverName returns the name of the record of a server.
func serverName(key string) string { return serverPrefix + hashOf(key) }

func hashOf(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:8])
}

// Server returns the record of a server.
func (s *Spool) Server(key string) (Server, error) {
	v := Server{Key: key}
	err := s.store.ReadRecord(serverName(key), &v)
	if v.Key != key {
		v = Server{Key: key}
	}
	return v, err
}

// ServerFailed records that a server failed, and when it may be tried again. If it
// is down already, several processes have found the same failure: it counts once.
func (s *Spool) ServerFailed(key, reason string, notAllowed bool, now time.Time) error {
	v := Server{Key: key}
	return s.store.ChangeRecord(serverName(key), &v, func() {
		isNew := !v.Down(now) || notAllowed && !v.NotAllowed
		v.Key, v.Last, v.Reason, v.NotAllowed = key, now, reason, notAllowed
		if !isNew {
			return
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
		v.Recent = append(v.Recent, now)
		v.Recent = v.Recent[max(len(v.Recent)-minAttempts, 0):]
		v.Next, v.Pause = now.Add(pause), int(pause/time.Second)
	})
}

// ServerWorks forgets the failures of a server.
func (s *Spool) ServerWorks(key string) error { return s.store.RemoveRecord(serverName(key)) }

// Connect reserves one of the connections to a server that all processes together
// may have. The error is ErrInUse if they have all of them.
func (s *Spool) Connect(key string, connections int) (release func(), err error) {
	for n := range max(connections, 1) {
		release, err = s.store.Lock(fmt.Sprintf("%s.%d", serverName(key), n+1))
		if !errors.Is(err, ErrInUse) {
			return release, err
		}
	}
	return nil, ErrInUse
}

// Probe lets one process at a time try a server that failed. The error is ErrInUse
// if another one does.
func (s *Spool) Probe(key string) (release func(), err error) {
	return s.store.Lock(serverName(key) + ".probe")
}
