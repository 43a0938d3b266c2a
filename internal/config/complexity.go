package config

import "bytes"

// maxComplexity limits the memory that the TOML library takes for a file to
// about 100 MiB. A file with a thousand accounts stays below it.
const maxComplexity = 4 << 20

// tooComplexAt returns the number of the line at which a file exceeds the limit,
// or 0. The library stores the path of each key and all beginnings of it, so a
// file of 1 MiB could take gigabytes. The estimate is never too low: the number
// of keys times the length of the longest path in octets. It does not look for
// strings and comments, which only raise it.
func tooComplexAt(text []byte) int {
	keys, lines, longest := int64(0), int64(2), int64(64)
	number := 0
	for line := range bytes.Lines(text) {
		number++
		for _, c := range line {
			switch c {
			case '=', '.', '[':
				keys++
			case '{':
				keys++
				lines++ // a path has the key, its table, and each inline table around it
			}
		}
		longest = max(longest, int64(len(line)))
		if keys*lines*longest > maxComplexity {
			return number
		}
	}
	return 0
}
