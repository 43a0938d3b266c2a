package spool

import (
	"crypto/rand"
	"encoding/base32"
	"regexp"
	"slices"
	"strings"
	"time"
)

// isID reports whether name looks like an ID: the time in UTC, and 30 random bits.
var isID = regexp.MustCompile(`^\d{8}T\d{6}Z-[a-z2-7]{6}$`).MatchString

// NewID returns the ID for an entry that is yet to be created.
func NewID(now time.Time) string {
	random := make([]byte, 4)
	rand.Read(random)
	letters := base32.StdEncoding.EncodeToString(random)[:6]
	return now.UTC().Format("20060102T150405Z") + "-" + strings.ToLower(letters)
}

// IDs returns the IDs of all entries, the oldest first. What has the name of an
// entry is among them even if it is damaged.
func (s *Spool) IDs() ([]string, error) {
	names, err := s.dir.List()
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, name := range names {
		id, isEnvelope := strings.CutSuffix(name, ".json")
		if isEnvelope && isID(id) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// Find returns the ID that ends with suffix. The error is ErrNotFound,
// ErrAmbiguous or an *Error.
func (s *Spool) Find(suffix string) (string, error) {
	if isID(suffix) { // no other one ends with that
		if !s.dir.Exists(suffix + ".json") {
			return "", ErrNotFound
		}
		return suffix, nil
	}
	ids, err := s.IDs()
	if err != nil {
		return "", err
	}
	ids = slices.DeleteFunc(ids, func(id string) bool { return !strings.HasSuffix(id, suffix) })
	switch {
	case len(ids) == 0 || suffix == "":
		return "", ErrNotFound
	case len(ids) > 1:
		return "", ErrAmbiguous
	}
	return ids[0], nil
}
