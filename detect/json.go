package detect

// byJSON reads JSON (RFC 8259) and lines of it. A number, string or literal
// alone is text to a person, unless the name says otherwise.
func byJSON(s *sample, t text) (mediaType, why string) {
	named := provenNames()[s.ext]
	j := jsonReader{rest: t.body, whole: s.whole}
	values, containers := 0, 0
	for j.blank(); len(j.rest) > 0; j.blank() {
		if c := j.rest[0]; c == '{' || c == '[' {
			containers++
		}
		if !j.value(0) {
			return "", ""
		}
		values++
	}
	isNamed := false
	switch named {
	case "application/json", "application/x-ndjson", "application/geo+json", "application/ld+json", "application/x-ipynb+json":
		isNamed = true
	}
	switch {
	case values == 0, !isNamed && containers < values:
		return "", ""
	case named == "application/x-ndjson", values > 1:
		return "application/x-ndjson", "it is JSON values, one after another"
	case isNamed:
		return named, "it is JSON, and named so"
	}
	return "application/json", "it is JSON"
}

// maxDepth is how deep JSON may nest: what nests deeper was made to hurt.
const maxDepth = 1000

// jsonReader takes tokens off the front of rest. Where whole is false the end
// of rest may come anywhere.
type jsonReader struct {
	rest  []byte
	whole bool
}

func (j *jsonReader) blank() {
	for len(j.rest) > 0 {
		switch j.rest[0] {
		case ' ', '\t', '\r', '\n':
			j.rest = j.rest[1:]
		default:
			return
		}
	}
}

// cut reports whether the input ended where it may.
func (j *jsonReader) cut() bool { return len(j.rest) == 0 && !j.whole }

// next takes c, after blanks.
func (j *jsonReader) next(c byte) bool {
	j.blank()
	if len(j.rest) > 0 && j.rest[0] == c {
		j.rest = j.rest[1:]
		return true
	}
	return false
}

func (j *jsonReader) value(depth int) bool {
	j.blank()
	if len(j.rest) == 0 || depth > maxDepth {
		return j.cut()
	}
	switch c := j.rest[0]; {
	case c == '{':
		return j.list('}', depth, true)
	case c == '[':
		return j.list(']', depth, false)
	case c == '"':
		return j.quoted()
	case c == '-' || '0' <= c && c <= '9':
		return j.number()
	}
	for _, word := range [...]string{"true", "false", "null"} {
		if n := min(len(word), len(j.rest)); string(j.rest[:n]) == word[:n] && (n == len(word) || !j.whole) {
			j.rest = j.rest[n:]
			return true
		}
	}
	return false
}

// list reads an array, or an object when it has keys.
func (j *jsonReader) list(end byte, depth int, keys bool) bool {
	j.rest = j.rest[1:]
	if j.next(end) {
		return true
	}
	for {
		if keys {
			j.blank()
			if len(j.rest) == 0 {
				return j.cut()
			}
			if j.rest[0] != '"' || !j.quoted() {
				return false
			}
			if !j.next(':') {
				return j.cut()
			}
		}
		if !j.value(depth + 1) {
			return false
		}
		if j.next(end) {
			return true
		}
		if !j.next(',') {
			return j.cut()
		}
	}
}

func (j *jsonReader) quoted() bool {
	for i := 1; i < len(j.rest); i++ {
		switch c := j.rest[i]; {
		case c == '"':
			j.rest = j.rest[i+1:]
			return true
		case c == '\\':
			i++
		case c < ' ':
			return false
		}
	}
	j.rest = nil
	return j.cut()
}

func (j *jsonReader) number() bool {
	n, digits := 0, 0
	for ; n < len(j.rest); n++ {
		switch c := j.rest[n]; {
		case '0' <= c && c <= '9':
			digits++
			continue
		case c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E':
			continue
		}
		break
	}
	j.rest = j.rest[n:]
	return digits > 0 || j.cut()
}
