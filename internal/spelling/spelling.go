// Package spelling finds what a person may have meant to type.
package spelling

// Word returns the choice that is the fewest slips away from word, or "" when
// none is near: more than a third of its letters would have to change. A slip is a letter too
// many, one that is missing, a wrong one, or two that changed places.
func Word(word string, choices []string) string {
	best, least := "", 0
	for _, choice := range choices {
		n := slips(word, choice)
		if n > (len(choice)+2)/3 || n >= len(choice) {
			continue
		}
		if best == "" || n < least {
			best, least = choice, n
		}
	}
	return best
}

// slips is the distance of Damerau and Levenshtein, in octets.
func slips(a, b string) int {
	before, above := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range above {
		above[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := above[j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			row[j] = min(change, above[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, above = above, row
	}
	return above[len(b)]
}
