package repair

import "testing"

func TestBeforeDashes(t *testing.T) {
	for in, want := range map[string]int{
		"": 0, "--": 0, "---\n": 0, "a\n--": 2, "a\n-\n--b": 4, "--\n--\n--": 3, "a-- -- ---\n---": 11, "a\n-": 0, "\n--": 1,
	} {
		if got := beforeDashes([]byte(in)); got != want {
			t.Errorf("%q: %d, want %d", in, got, want)
		}
	}
}
