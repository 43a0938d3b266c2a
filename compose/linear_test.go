package compose

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"mailpipe/internal/htmlref"
)

// checkLinear fails if the time that work takes grows faster than the size of
// its input. It compares two sizes, so it needs no limit in seconds.
func checkLinear(t *testing.T, name string, work func(size int)) {
	t.Helper()
	const size, factor = 4 << 10, 8
	var short, long time.Duration
	for range 5 { // a busy machine may disturb some of them
		short, long = fastest(work, size), fastest(work, size*factor)
		if long < 4*factor*short { // the square would be factor*factor
			return
		}
	}
	t.Errorf("%s: %d octets take %v, %d take %v", name, size, short, size*factor, long)
}

// fastest returns the shortest time of a few runs.
func fastest(work func(size int), size int) time.Duration {
	best := time.Hour
	for range 3 {
		start := time.Now()
		work(size)
		best = min(best, time.Since(start))
	}
	return best
}

func TestHTMLIsReadInLinearTime(t *testing.T) {
	for _, unit := range []string{
		"<", "</", "<!", "<?", "</3", "<!--", "<!-- >", "<!----", "--!>", "a<!---->", "&", "&a", "&#1", "x\r", "a", "a ",
		"<script>", "<script", "<script><!--<script>", "</scrip", "<style></styl", "<textarea><", "<noscript>",
		"<p a ", "<p a='", "<p a=", "<p a=1>", "<p\x00/", "<a href=&copy ", "<img src=a b=c>", "<img srcset='a,",
		"<p>", "<div></div>", "<b><p>", "<a><p>", "</p>", "<br>", "<li>", "<li>a", "<h1>a", "<p style=display:none>",
		"<td>", "<td>a", "<tr><td>a", "<table>", "<tr><td rowspan=9 colspan=9>a", "<p>a<span> </span>",
	} {
		for _, start := range []string{"", "<script>", "<a href='", "<table><tr>"} {
			name := fmt.Sprintf("%q and then %q many times", start, unit)
			page := func(size int) []byte { return append([]byte(start), bytes.Repeat([]byte(unit), size/len(unit))...) }
			checkLinear(t, name+": rewriteHTML", func(size int) {
				rewriteHTML(io.Discard, bytes.NewReader(page(size)), noLinks{})
			})
			checkLinear(t, name+": HTMLText", func(size int) { HTMLText(page(size)) })
			if testing.Short() {
				break
			}
		}
	}
}

// CSS that has no end is read in one pass, too.
func TestCSSIsReadInLinearTime(t *testing.T) {
	for _, unit := range []string{
		"url(", "url(/**/", "url('", `"'a'\`, `'"a"\`, "/*", "@import ", "@font-face{", `\`, "url(\\", "url(a)",
	} {
		for _, end := range []string{"", `\`, "url("} {
			name := fmt.Sprintf("%q many times and then %q", unit, end)
			checkLinear(t, name, func(size int) { htmlref.CSS(strings.Repeat(unit, size/len(unit))+end, noLinks{}.link) })
		}
	}
}
