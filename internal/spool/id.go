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

// Before returns those of the IDs, the oldest first, of entries that were created before
// the second of t.
func Before(ids []string, t time.Time) []string {
	n, _ := slices.BinarySearch(ids, t.UTC().Format(idTime))
	return ids[:n]
}

// NewID returns the ID for an entry that is yet to be created.
func NewID(now time.Time) string {
	random := make([]byte, 4)
	rand.Read(random)
	letters := base32.NewEncoding(idLetters).EncodeToString(random)[:idRandom]
	return now.UTC().Format(idTime) + "-" + letters
}

// IsID reports whether name looks like an ID.
func IsID(name string) bool {
	when, letters, _ := strings.Cut(name, "-")
	_, err := time.Parse(idTime, when)
	return err == nil && len(when) == len(idTime) && len(letters) == idRandom && strings.Trim(letters, idLetters) == ""
}
