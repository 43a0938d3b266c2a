package detect

// leastPairs is how many characters of two octets prove one of their charsets.
const leastPairs = 4

// pairs names the charsets of Japanese and Korean by their most frequent
// characters, which a short text has too: kana, and the syllables of Hangul.
// All octets over 127 but a few must be in a pair.
func pairs(lines []byte) string {
	if total, kana := countPairs(lines, isShiftJIS, isKana); total >= leastPairs && kana*10 >= total*3 {
		return "shift_jis"
	}
	if total, kana := countPairs(lines, isEUC, isEUCKana); total >= leastPairs && kana*10 >= total*3 {
		return "euc-jp"
	}
	if total, hangul := countPairs(lines, isEUC, isHangul); total >= leastPairs && hangul*10 >= total*9 {
		return "euc-kr"
	}
	return ""
}

// countPairs counts the pairs, and the marked among them; none when more than
// one of fifty is not valid. The last may be cut off.
func countPairs(b []byte, valid, marked func(lead, trail byte) bool) (total, found int) {
	bad := 0
	for i := 0; i+1 < len(b); i++ {
		if b[i] < 0x80 {
			continue
		}
		if !valid(b[i], b[i+1]) {
			bad++
			continue
		}
		total++
		if marked(b[i], b[i+1]) {
			found++
		}
		i++
	}
	if bad*50 > total {
		return 0, 0
	}
	return total, found
}

func isShiftJIS(lead, trail byte) bool {
	return (0x81 <= lead && lead <= 0x9F || 0xE0 <= lead && lead <= 0xEF) && 0x40 <= trail && trail <= 0xFC && trail != 0x7F
}

func isKana(lead, trail byte) bool {
	return lead == 0x82 && 0x9F <= trail && trail <= 0xF1 || lead == 0x83 && 0x40 <= trail && trail <= 0x96
}

func isEUC(lead, trail byte) bool {
	return 0xA1 <= lead && lead <= 0xFE && 0xA1 <= trail && trail <= 0xFE
}

func isEUCKana(lead, _ byte) bool { return lead == 0xA4 || lead == 0xA5 }

func isHangul(lead, _ byte) bool { return 0xB0 <= lead && lead <= 0xC8 }

// isIdeograph reports whether a pair is an ideograph of GB 2312, or its punctuation.
func isIdeograph(lead, _ byte) bool {
	return 0xB0 <= lead && lead <= 0xF7 || lead == 0xA1 || lead == 0xA3
}
