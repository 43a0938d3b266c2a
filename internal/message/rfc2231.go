package message

import (
	"slices"
	"strconv"
	"strings"

	"mailpipe/internal/address"
)

// ParamText returns a parameter of Content-Type or Content-Disposition in UTF-8, or "".
// It may have the form of RFC 2231, or encoded words, which are not allowed there but
// frequent.
func ParamText(value, name string) string {
	all := paramValues{name: name}
	for p := range Params(value) {
		all.add(strings.ToLower(p.Name), p.Value)
	}
	switch joined := all.joined(); {
	case joined != "":
		return address.DecodeOctets(all.charset, joined)
	case len(all.extended) > 0:
		return address.DecodeOctets(all.charset, all.extended[0])
	case len(all.plain) > 0:
		return address.DecodeText(all.plain[0])
	}
	return ""
}

// paramValues collects all values of a parameter: plain (boundary=), extended
// (boundary*=), and in numbered sections (boundary*0=, boundary*1*=; RFC 2231).
type paramValues struct {
	name     string // in lower case
	plain    []string
	extended []string // percent-decoded, as are the sections
	sections map[int]string
	charset  string // of the extended values and the sections
	conflict bool   // two different sections have the same number
}

// add adds the value of a parameter, whose name is in lower case. Other
// parameters are ignored.
func (v *paramValues) add(name, value string) {
	rest, ok := strings.CutPrefix(name, v.name)
	if !ok {
		return
	}
	number, isExtended := strings.CutSuffix(rest, "*")
	switch {
	case number == "" && isExtended:
		v.extended = append(v.extended, percentDecode(v.cutCharset(value)))
		return
	case number == "":
		v.plain = append(v.plain, value)
		return
	}
	digits, ok := strings.CutPrefix(number, "*")
	n, err := strconv.Atoi(digits)
	if !ok || err != nil || n < 0 || strconv.Itoa(n) != digits {
		return
	}
	if isExtended && n == 0 {
		value = v.cutCharset(value)
	}
	if isExtended {
		value = percentDecode(value)
	}
	v.addSection(n, value)
}

func (v *paramValues) addSection(n int, value string) {
	if v.sections == nil {
		v.sections = map[int]string{}
	}
	old, again := v.sections[n]
	v.conflict = v.conflict || again && old != value
	v.sections[n] = value
}

// joined returns the sections up to the first that is missing.
func (v *paramValues) joined() string {
	var b strings.Builder
	for n := 0; n < len(v.sections); n++ {
		section, ok := v.sections[n]
		if !ok {
			break
		}
		b.WriteString(section)
	}
	return b.String()
}

// boundary returns the value of a boundary, or why there is not exactly one.
func (v *paramValues) boundary() (boundary, why string) {
	values := slices.Concat(v.plain, v.extended)
	if joined := v.joined(); joined != "" {
		values = append(values, joined)
	}
	for _, value := range values {
		if value != values[0] {
			v.conflict = true
		}
	}
	switch {
	case v.conflict:
		return "", "two different boundaries"
	case len(values) == 0 || values[0] == "":
		return "", "missing boundary"
	}
	return values[0], ""
}

// cutCharset removes charset'language' (RFC 2231 §4), and keeps the charset.
func (v *paramValues) cutCharset(s string) string {
	if parts := strings.SplitN(s, "'", 3); len(parts) == 3 {
		v.charset = parts[0]
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
