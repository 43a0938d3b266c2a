package cli

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"mailpipe/internal/termtext"
)

// parseSize parses the value of a flag: a number of octets, or of K, M or G of 1024.
func parseSize(flag, s string) (int64, error) {
	digits, unit := s, int64(1)
	if i := strings.IndexAny(s, "kKmMgG"); i >= 0 && i == len(s)-1 {
		digits = s[:i]
		unit = map[byte]int64{'K': 1 << 10, 'M': 1 << 20, 'G': 1 << 30}[s[i]&^0x20]
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 1 || n > math.MaxInt64/unit || digits[0] == '+' {
		return 0, usage("invalid %s \"%s\": must be a number of bytes, or of K, M or G", flag, termtext.Line(s))
	}
	return n * unit, nil
}

// showSize returns a number of octets in words. A negative one is unknown.
func showSize(n int64) string {
	if n < 0 {
		return "size unknown"
	}
	units := []string{"octets", "KiB", "MiB", "GiB", "TiB"}
	size, unit := float64(n), 0
	for size >= 1024 && unit < len(units)-1 {
		size, unit = size/1024, unit+1
	}
	if n == 1 {
		return "1 octet"
	}
	if size < 10 && unit > 0 {
		return fmt.Sprintf("%.1f %s", size, units[unit])
	}
	return fmt.Sprintf("%.0f %s", size, units[unit])
}
