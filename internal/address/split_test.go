package address

import "testing"

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
