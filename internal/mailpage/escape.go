package mailpage

import "io"

// An escaper passes text on as HTML, for an element or for an attribute in quotes.
// Control characters become their symbols, because browsers show none.
type escaper struct{ w io.Writer }

// escapes has what replaces an octet; "" means itself.
var escapes = func() (table [256]string) {
	for c := range rune(' ') {
		table[c] = string('␀' + c)
	}
	table['\t'], table['\n'], table['\r'], table['\x7F'] = "", "", "", "␡"
	table['&'], table['<'], table['>'], table['"'], table['\''] = "&amp;", "&lt;", "&gt;", "&#34;", "&#39;"
	return table
}()

func (e escaper) Write(p []byte) (int, error) {
	done := 0
	for i, c := range p {
		if escapes[c] == "" {
			continue
		}
		if _, err := e.w.Write(p[done:i]); err != nil {
			return done, err
		}
		if _, err := io.WriteString(e.w, escapes[c]); err != nil {
			return i, err
		}
		done = i + 1
	}
	_, err := e.w.Write(p[done:])
	return len(p), err
}

// A limit passes the beginning of a text on, and counts all of it.
type limit struct {
	w         io.Writer
	max, size int64 // of what is passed on, and of all so far
}

func (l *limit) Write(p []byte) (int, error) {
	first := p[:min(int64(len(p)), max(l.max-l.size, 0))]
	l.size += int64(len(p))
	_, err := l.w.Write(first)
	return len(p), err
}

// isCut reports whether there was more.
func (l *limit) isCut() bool { return l.size > l.max }
