package inspect

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"mailpipe/internal/address"
)

// dateProblem returns the rule that a date breaks (RFC 5322 §3.3, with the obsolete
// forms of §4.3), or nil.
func dateProblem(value string) *Rule {
	weekday, rest, hasWeekday := strings.Cut(withoutComments(value), ",")
	if !hasWeekday {
		weekday, rest = "", weekday
	}
	weekday = strings.TrimSpace(weekday)
	words := strings.Fields(rest)
	if len(words) != 5 {
		if len(words) == 4 && strings.Contains(words[3], ":") {
			return dateZone
		}
		return dateSyntax
	}
	day, dayErr := strconv.Atoi(words[0])
	month := slices.IndexFunc(months, func(m string) bool { return strings.EqualFold(m, words[1]) }) + 1
	year, yearErr := strconv.Atoi(words[2])
	hour, minute, second, ok := clock(words[3])
	hasSign := strings.ContainsAny(words[0]+words[2], "+-")
	switch {
	case dayErr != nil || yearErr != nil || hasSign || month == 0 || !ok:
		return dateSyntax
	case len(words[2]) == 2: // obsolete
		year += 1900
		if year < 1950 {
			year += 100
		}
	case len(words[2]) == 3:
		year += 1900
	}
	date := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	switch {
	case date.Day() != day || year < 1900 || hour > 23 || minute > 59 || second > 60:
		return dateRange
	case !isZone(words[4]):
		return dateZone
	case hasWeekday && !slices.ContainsFunc(weekdays, func(d string) bool { return strings.EqualFold(d, weekday) }):
		return dateSyntax
	case hasWeekday && !strings.EqualFold(weekday, date.Weekday().String()[:3]):
		return dateWeekday
	}
	return nil
}

var (
	months   = strings.Fields("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec")
	weekdays = strings.Fields("Mon Tue Wed Thu Fri Sat Sun")
	// Those of RFC 5322 §4.3, except the military ones.
	zones = strings.Fields("UT GMT EST EDT CST CDT MST MDT PST PDT")
)

// clock reads hh:mm or hh:mm:ss.
func clock(s string) (hour, minute, second int, ok bool) {
	parts := strings.Split(s, ":")
	if len(parts) < 2 || len(parts) > 3 {
		return 0, 0, 0, false
	}
	numbers := []int{0, 0, 0}
	for i, part := range parts {
		n, err := strconv.ParseUint(part, 10, 8)
		if err != nil || len(part) > 2 {
			return 0, 0, 0, false
		}
		numbers[i] = int(n)
	}
	return numbers[0], numbers[1], numbers[2], true
}

// isZone reports whether s is a zone such as +0100, with minutes below 60, or GMT.
func isZone(s string) bool {
	if slices.Contains(zones, strings.ToUpper(s)) {
		return true
	}
	isDigits := len(s) == 5 && strings.Trim(s[1:], "0123456789") == ""
	return isDigits && strings.IndexByte("+-", s[0]) >= 0 && s[3] < '6'
}

// withoutComments returns a value without its comments (RFC 5322 §3.2.2).
func withoutComments(value string) string {
	var b strings.Builder
	for i := 0; i < len(value); i++ {
		if value[i] == '(' {
			next, ok := address.SkipCFWS(value, i)
			if !ok {
				return b.String()
			}
			b.WriteByte(' ')
			i = next - 1
			continue
		}
		b.WriteByte(value[i])
	}
	return b.String()
}
