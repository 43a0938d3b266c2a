package spool

import (
	"crypto/rand"
	"encoding/base32"
	"slices"
	"strings"
	"time"
)

// An ID is the time in UTC and 30 random bits: six letters of base32.
const (
	idTime    = "20060102T150405Z"
	idLetters = "abcdefghijklmnopqrstuvwxyz234567"
	idRandom  = 6 // letters
)

// NewID returns the ID for an entry that is yet to be created.
func NewID(now time.Time) string {
	random := make([]byte, 4)
	rand.Read(random)
	letters := base32.NewEncoding(idLetters).EncodeToString(random)[:idRandom]
	return now.UTC().Format(idTime) + "-" + letters
}

// isID reports whether name looks like an ID.
func isID(name string) bool {
	when, letters, _ := strings.Cut(name, "-")
	_, err := time.Parse(idTime, when)
	return err == nil && len(when) == len(idTime) && len(letters) == idRandom && strings.Trim(letters, idLetters) == ""
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

// IDsBefore returns the IDs of the entries that were created before the second of t,
// the oldest first.
func (s *Spool) IDsBefore(t time.Time) ([]string, error) {
	ids, err := s.IDs()
	n, _ := slices.BinarySearch(ids, t.UTC().Format(idTime))
	return ids[:n], err
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
