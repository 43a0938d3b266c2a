package cli

import (
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
