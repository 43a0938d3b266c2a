package message

import (
	"strconv"
	"strings"
)

// boundaries collects all values of the boundary parameter: plain
// (boundary=), extended (boundary*=), and in numbered sections (boundary*0=,
// boundary*1*=; RFC 2231).
type boundaries struct {
	values   []string
	sections map[int]string
	conflict bool // two different sections have the same number
}

// add adds the value of a parameter, whose name is in lower case. Other
// parameters than boundary are ignored.
func (b *boundaries) add(name, value string) {
	rest, ok := strings.CutPrefix(name, "boundary")
	if !ok {
		return
	}
	number, extended := strings.CutSuffix(rest, "*")
	if number == "" {
		if extended {
			value = percentDecode(withoutCharset(value))
		}
		b.values = append(b.values, value)
		return
	}
	digits, ok := strings.CutPrefix(number, "*")
	n, err := strconv.Atoi(digits)
	if !ok || err != nil || n < 0 || strconv.Itoa(n) != digits {
		return
	}
	if extended && n == 0 {
		value = withoutCharset(value)
	}
	if extended {
		value = percentDecode(value)
	}
	b.addSection(n, value)
}

func (b *boundaries) addSection(n int, value string) {
	if b.sections == nil {
		b.sections = map[int]string{}
	}
	old, again := b.sections[n]
	b.conflict = b.conflict || again && old != value
	b.sections[n] = value
}

// one returns the boundary, or why there is not exactly one.
func (b *boundaries) one() (boundary, why string) {
	var joined strings.Builder
	for n := 0; n < len(b.sections); n++ {
		section, ok := b.sections[n]
		if !ok {
			break
		}
		joined.WriteString(section)
	}
	values := b.values
	if joined.Len() > 0 {
		values = append(values, joined.String())
	}
	for _, value := range values {
		if value != values[0] {
			b.conflict = true
		}
	}
	switch {
	case b.conflict:
		return "", "two different boundaries"
	case len(values) == 0 || values[0] == "":
		return "", "missing boundary"
	}
	return values[0], ""
}

// withoutCharset removes charset'language' (RFC 2231 §4).
func withoutCharset(s string) string {
	if parts := strings.SplitN(s, "'", 3); len(parts) == 3 {
		return parts[2]
	}
	return s
}

// percentDecode decodes each %XX. Other percent signs stay as they are.
func percentDecode(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(n))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
