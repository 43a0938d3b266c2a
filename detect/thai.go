package detect

// thai returns "tis-620" if the octets are Thai: letters in long sequences, because
// there are no spaces between words, and in the order of the script.
func thai(lines []byte, stats *highByteStats) string {
	const minThai, minConsonants, minRun = 0.98, 0.5, 7
	const minOrdered = 0.95
	letters := stats.share(0xA1, 0xDA) + stats.share(0xDF, 0xFB)
	consonants := stats.share(0xA1, 0xCE)
	if letters < minThai || consonants < minConsonants || stats.meanRun() < minRun {
		return ""
	}
	if isChinese(lines, stats) || thaiOrder(lines) < minOrdered {
		return ""
	}
	return "tis-620"
}

// isChinese reports whether octets that may be Thai are Chinese in EUC: all
// sequences have an even length, and some of the pairs are ideographs.
func isChinese(lines []byte, stats *highByteStats) bool {
	const enoughRuns = 5 // a few sequences may have even lengths by chance
	total, ideographs := countPairs(lines, isEUC, isIdeograph)
	return total > 0 && (stats.runs >= enoughRuns || ideographs == total)
}

// thaiOrder returns the share, from 0 to 1, of the vowels and signs that are beside
// a consonant as they must be: a leading vowel before one, a sign above or below
// after one or after another sign. Without any of them it returns 0.
func thaiOrder(lines []byte) float64 {
	isConsonant := func(c byte) bool { return 0xA1 <= c && c <= 0xCE }
	isLeadingVowel := func(c byte) bool { return 0xE0 <= c && c <= 0xE4 }
	isSign := func(c byte) bool { return c == 0xD1 || 0xD4 <= c && c <= 0xDA || 0xE7 <= c && c <= 0xEE }
	all, ordered := 0, 0
	for i := 1; i+1 < len(lines); i++ {
		c, before, after := lines[i], lines[i-1], lines[i+1]
		if isSign(c) || isLeadingVowel(c) {
			all++
		}
		if isSign(c) && (isConsonant(before) || isSign(before)) || isLeadingVowel(c) && isConsonant(after) {
			ordered++
		}
	}
	return float64(ordered) / float64(max(all, 1))
}
