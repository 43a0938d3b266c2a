// Package postgres keeps a spool in the tables of a PostgreSQL database, so that many
// machines share it.
//
//	Open, Init    postgres.go, schema.go   the spool of a URL, and its tables
//	parse         url.go                   the URL, the password and TLS
//	run           conn.go, idle.go         connections, which are made when they are needed
//	do            retry.go                 calls, which are repeated for a limited time
//	Commit        content.go, copy.go      stores a message in one transaction
//	Claim         claim.go, lease.go       locks a message, and keeps the lock as long as the process lives
//	Scan, Look    scan.go, look.go         read many messages at once
//	Lock          lock.go, record.go       the locks and records of servers
//
// The SQL needs no state of a session: no locks, no prepared statements, no LISTEN. So
// it works through PgBouncer in transaction mode. Everything that is sent in one call of
// conn.run is one transaction.
package postgres

import (
	"crypto/rand"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"mailpipe/internal/spool"
)

// A store is a spool.Store in a database.
type store struct {
	config  *pgconn.Config
	name    string
	claim   string        // random; of all that this process has locked
	creates bool          // the tables, so they may not exist yet
	lease   time.Duration // how long a lock lasts unless it is renewed
	renew   time.Duration // from one renewal to the next

	clock   clock
	idle    idle
	outage  outage
	entries held
	locks   held
	renewal sync.Once // starts renewLoop
	closing sync.Once
	closed  chan struct{}
}

// The lease of a lock.
const (
	leaseTime = 2 * time.Minute
	renewTime = 30 * time.Second
)

// IsURL reports whether where names a database, and not a directory.
func IsURL(where string) bool {
	return strings.HasPrefix(where, "postgres://") || strings.HasPrefix(where, "postgresql://")
}

// Open returns the spool in the database with a URL. It does not connect yet. The error
// is a *UsageError.
func Open(where string) (*spool.Spool, error) {
	s, err := open(where)
	if err != nil {
		return nil, err
	}
	return spool.New(s), nil
}

func open(where string) (*store, error) {
	config, err := parse(where)
	if err != nil {
		return nil, err
	}
	return &store{
		config: config, name: name(where), claim: rand.Text(), lease: leaseTime, renew: renewTime,
		closed: make(chan struct{}),
	}, nil
}

func (s *store) Name() string { return s.name }

func (s *store) Shared() bool { return true }

// Close ends the connections. What is locked stays so until its lease is over.
func (s *store) Close() error {
	s.closing.Do(func() { close(s.closed) })
	s.idle.close()
	return nil
}
