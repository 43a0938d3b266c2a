package termtext

import "fmt"

// Size returns a number of octets in words, such as "3.0 MiB". A negative one is
// unknown.
func Size(n int64) string {
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
