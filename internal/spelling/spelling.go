// Package spelling finds the word that a user may have meant to type.
package spelling

// Closest returns the choice that needs the fewest corrections to become word,
// or "" if more than a third of the letters of every choice are wrong. One
// correction adds, removes or replaces a letter, or swaps two neighbours.
func Closest(word string, choices []string) string {
	best, fewest := "", 0
	for _, choice := range choices {
		limit := min((len(choice)+2)/3, len(choice)-1)
		if len(word) > len(choice)+limit { // which takes that many corrections
			continue
		}
		n := corrections(word, choice)
		if n <= limit && (best == "" || n < fewest) {
			best, fewest = choice, n
		}
	}
	return best
}

// corrections returns the Damerau-Levenshtein distance, in octets.
func corrections(a, b string) int {
	// rows[i][j] is the distance between the first i octets of a and the first j of b.
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			replaced := rows[i-1][j-1]
			if a[i-1] != b[j-1] {
				replaced++
			}
			rows[i][j] = min(replaced, rows[i-1][j]+1, rows[i][j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
