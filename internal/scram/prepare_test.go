package scram

import (
	"testing"

	"github.com/xdg-go/stringprep"
)

// If SASLprep prohibits nothing, another implementation returns the same.
func FuzzPrepare(f *testing.F) {
	for _, seed := range []string{
		"pencil", "I\u00adX", "\u00aa", "\u2168", "a\u00a0b\u3000c\u200bd", "\u200c\ufe0fx\u2060", "e\u0301", "pass🔑word",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		want, err := stringprep.SASLprep.Prepare(s)
		if err == nil && Prepare(s) != want {
			t.Errorf("%+q: %+q, want %+q", s, Prepare(s), want)
		}
	})
}
