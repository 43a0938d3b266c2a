package address

import (
	"strings"
	"testing"
)

// Split returns the elements of a list with the separators that a valid list has.
func TestSplit(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"", ""},
		{" , ,", ""},
		{"a@x.org", "[a@x.org]"},
		{"a, \"b, c\" <d:e>, f (g, h) ,", "[a],[\"b, c\" <d:e>],[f (g, h)]"},
		{"a; b", "[a],[b]"},
		{"a;", "[a]"},
		{"g: a, b;, c", "[g]:[a],[b];,[c]"},
		{"g: a; c", "[g]:[a];,[c]"},
		{"g: a,; c;", "[g]:[a];,[c]"},
		{"g:;", "[g]:;"},
		{"g:; a", "[g]:;,[a]"},
		{"g: a, b", "[g]:[a],[b];"},
		{"g:", "[g]:;"},
		{"a, \"b, c", "[a],[\"b],[c]"},
	} {
		got := ""
		for e := range Split(test.in) {
			got += "[" + e.Text + "]" + e.End
		}
		if got != test.want {
			t.Errorf("%q: %s, want %s", test.in, got, test.want)
		}
		for range Split(test.in) {
			break // which ends the sequence
		}
	}
}

// An address list takes linear time, also if quotes and comments are not closed.
func TestSplitTime(t *testing.T) {
	for _, in := range []string{`"("`, "(", `"\"`, "(,", `<,"`, "=?a?Q?"} {
		for range Split(strings.Repeat(in, 1<<20/len(in))) {
		}
	}
}
