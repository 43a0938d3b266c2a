package detect

// pairs returns the charset of Japanese or Korean by its most frequent characters,
// which even a short text has: kana, and the syllables of Hangul. They are two
// octets each.
func pairs(lines []byte, _ *highByteStats) string {
	const minPairs = 4                     // fewer are in texts of other charsets by chance
	const minKana, minSyllables = 0.3, 0.9 // shares of the pairs
	for _, c := range [...]struct {
		charset          string
		isPair, isCommon func(lead, trail byte) bool
		minCommon        float64
	}{
		{"shift_jis", isShiftJIS, isShiftJISKana, minKana},
		{"euc-jp", isEUC, isEUCKana, minKana},
		{"euc-kr", isEUC, isHangul, minSyllables},
	} {
		total, common := countPairs(lines, c.isPair, c.isCommon)
		if total >= minPairs && float64(common) >= c.minCommon*float64(total) {
			return c.charset
		}
	}
	return ""
}

// countPairs returns the number of pairs of octets, and of those that are marked.
// It returns zeros if more than one octet for fifty pairs is in no pair. The last
// pair may be cut off.
func countPairs(b []byte, isPair, isMarked func(lead, trail byte) bool) (total, marked int) {
	const pairsPerStray = 50
	strays := 0
	for i := 0; i+1 < len(b); i++ {
		lead, trail := b[i], b[i+1]
		switch {
		case lead < 0x80:
			continue
		case !isPair(lead, trail):
			strays++
			continue
		case isMarked(lead, trail):
			marked++
		}
		total++
		i++
	}
	if strays*pairsPerStray > total {
		return 0, 0
	}
	return total, marked
}

func isShiftJIS(lead, trail byte) bool {
	isLead := 0x81 <= lead && lead <= 0x9F || 0xE0 <= lead && lead <= 0xEF
	return isLead && 0x40 <= trail && trail <= 0xFC && trail != 0x7F
}

// isShiftJISKana reports whether a pair of Shift_JIS is hiragana or katakana.
func isShiftJISKana(lead, trail byte) bool {
	return lead == 0x82 && 0x9F <= trail && trail <= 0xF1 || lead == 0x83 && 0x40 <= trail && trail <= 0x96
}

// isEUC reports whether two octets are a pair of EUC-JP, EUC-KR or GB 2312.
func isEUC(lead, trail byte) bool {
	return 0xA1 <= lead && lead <= 0xFE && 0xA1 <= trail && trail <= 0xFE
}

// isEUCKana reports whether a pair of EUC-JP is hiragana or katakana.
func isEUCKana(lead, _ byte) bool { return lead == 0xA4 || lead == 0xA5 }

// isHangul reports whether a pair of EUC-KR is a syllable.
func isHangul(lead, _ byte) bool { return 0xB0 <= lead && lead <= 0xC8 }

// isIdeograph reports whether a pair of GB 2312 is an ideograph or punctuation.
func isIdeograph(lead, _ byte) bool {
	return 0xB0 <= lead && lead <= 0xF7 || lead == 0xA1 || lead == 0xA3
}
