package cli

import "testing"

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{
		"1": 1, "1000": 1000, "1K": 1024, "20k": 20480, "3M": 3 << 20, "2G": 2 << 30,
		"": 0, "K": 0, "-1": 0, "+1": 0, "0": 0, "1.5M": 0, "1KB": 0, "9999999999G": 0, "1T": 0, "x": 0,
	} {
		got, err := parseSize("--max-body", text)
		if got != want || (err == nil) != (want > 0) {
			t.Errorf("%q: %d, %v", text, got, err)
		}
	}
}
