package cli

import (
	"errors"
	"os"
	"slices"

	"mailpipe/internal/config"
	"mailpipe/internal/spool"
	"mailpipe/internal/spool/directory"
	"mailpipe/internal/spool/postgres"
)

// openSpool opens the spool that WHERE names: a directory, or a database, which is not
// contacted yet. If create is false and the directory does not exist, the error wraps
// fs.ErrNotExist.
func (c *call) openSpool(where string, create bool) (*spool.Spool, error) {
	if err := config.CheckSpool(where); err != nil && where != "" {
		return nil, usage("spool%w", err)
	}
	if postgres.IsURL(where) {
		s, err := postgres.Open(where)
		if e, ok := errors.AsType[*postgres.UsageError](err); ok {
			return nil, usage("%w", e).withHint(e.Hint)
		}
		return s, err
	}
	dir, err := directory.Locate(where, c.Getenv)
	if err != nil {
		return nil, err
	}
	if create {
		return directory.Open(dir)
	}
	return directory.OpenExisting(dir)
}

// checkSpools returns an error if one of the spools in force is an invalid URL.
func checkSpools(s *config.Settings) error {
	for _, where := range s.Spool {
		if !postgres.IsURL(where) {
			continue
		}
		_, err := postgres.Open(where)
		if e, ok := errors.AsType[*postgres.UsageError](err); ok {
			return s.Invalid("spool", e.Error(), e.Hint)
		}
	}
	return nil
}

// hasShared reports whether other machines use one of the spools in force.
func (d *deliveryRequest) hasShared() bool {
	return slices.ContainsFunc(d.settings.Spool, postgres.IsURL)
}

// isSame reports whether two names are those of the same spool.
func isSame(a, b string) bool {
	if a == b {
		return true
	}
	if postgres.IsURL(a) || postgres.IsURL(b) {
		return false
	}
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}
