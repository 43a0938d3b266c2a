package termtext

import "testing"

func TestSize(t *testing.T) {
	for n, want := range map[int64]string{
		-1: "size unknown", 0: "0 octets", 1: "1 octet", 1023: "1023 octets", 1024: "1.0 KiB",
		41 << 10: "41 KiB", 3 << 20: "3.0 MiB", 5 << 40: "5.0 TiB",
	} {
		if got := Size(n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}
