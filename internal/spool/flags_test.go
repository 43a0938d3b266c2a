package spool

import "testing"

func TestFlagsKey(t *testing.T) {
	known := make(map[string][]Flag)
	for _, flags := range [][]Flag{
		nil, {{}}, {{"a", ""}}, {{"", "a"}}, {{"a", "b"}}, {{"ab", ""}}, {{"a", ""}, {"b", ""}}, {{`a""b`, ""}},
	} {
		key := FlagsKey(flags)
		if other, found := known[key]; found {
			t.Errorf("%q has the key of %q", flags, other)
		}
		known[key] = flags
	}
}
