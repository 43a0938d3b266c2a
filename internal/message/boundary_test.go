package message

import (
	"strings"
	"testing"
)

func TestParseBoundary(t *testing.T) {
	const none = "missing boundary"
	const two = "two different boundaries"
	for _, c := range []struct{ in, boundary, why string }{
		{"text/plain", "", ""},
		{"text/plain; boundary=x", "", ""},
		{"", "", ""},
		{"multipart/mixed", "", none},
		{"multipart", "", none},
		{"multipart; boundary=x", "x", ""},
		{"multipart/mixed; boundary=x", "x", ""},
		{"MULTIPART/Mixed;BOUNDARY=x;", "x", ""},
		{"multipart/mixed; boundary=x; charset=y", "x", ""},
		{"multipart/mixed; ; charset=y ;; boundary=x", "x", ""},
		{"multipart / mixed ; boundary = x ", "x", ""},
		{`multipart/mixed; boundary="x y"`, "x y", ""},
		{`multipart/mixed; boundary="x\"\\y"`, `x"\y`, ""},
		{`multipart/mixed; boundary="x;y"; z="; boundary=no"`, "x;y", ""},
		{`multipart/mixed; z="; boundary=no"; boundary=yes`, "yes", ""},
		{"multipart/mixed; charset=x boundary=no; boundary=yes", "yes", ""},
		{`multipart/mixed x"; boundary=no"; boundary=yes`, "yes", ""},
		{`multipart/mixed x"; boundary=no`, "", none},
		{"multipart/mixed;\tboundary=\"x\"", "x", ""},
		{"(c) multipart (c (d)) / (;) mixed (; boundary=no) ; (c) boundary (c) = (c) x (c)", "x", ""},
		{"multipart/mixed; boundary=x(c); a=b", "x", ""},
		// Without the quotes that they need.
		{"multipart/mixed; boundary=----=_Part_1:2/3?4,5@6", "----=_Part_1:2/3?4,5@6", ""},
		{"multipart/mixed; boundary='x'", "'x'", ""},
		{"multipart/mixed; boundary=x[y]", "x[y]", ""},
		// RFC 2231.
		{"multipart/mixed; boundary*=us-ascii'en'x%20y%", "x y%", ""},
		{"multipart/mixed; boundary*=x%3Dy", "x=y", ""},
		{`multipart/mixed; boundary*0="x"; boundary*1="y z"; boundary*2=w`, "xy zw", ""},
		{"multipart/mixed; boundary*1=y; boundary*0=x", "xy", ""},
		{"multipart/mixed; boundary*0*=us-ascii''x%20; boundary*1=%20; boundary*2*=%21", "x %20!", ""},
		{"multipart/mixed; boundary*0*=us-ascii''x; boundary*1*=a'b'c", "xa'b'c", ""},
		{"multipart/mixed; boundary*0=x; boundary*2=z", "x", ""},
		{"multipart/mixed; boundary*1=x", "", none},
		{"multipart/mixed; boundary*00=x", "", none},
		{"multipart/mixed; boundary*-1=x; boundary*x=y; boundaryz=a", "", none},
		// No boundary, or more than one.
		{"multipart/mixed; boundary", "", none},
		{"multipart/mixed; boundary=", "", none},
		{`multipart/mixed; boundary=""`, "", none},
		{`multipart/mixed; boundary="x`, "", none},
		{"multipart/mixed; (boundary=x", "", none},
		{"multipart/mixed boundary=x", "", none},
		{"multipart/mixed; boundary=x; boundary=x", "x", ""},
		{"multipart/mixed; boundary=x; Boundary=\"y\"", "", two},
		{"multipart/mixed; boundary=x; boundary*=y", "", two},
		{"multipart/mixed; boundary=x; boundary*0=y", "", two},
		{"multipart/mixed; boundary*0=x; boundary*0=y", "", two},
	} {
		boundary, why := parseBoundary(c.in)
		if boundary != c.boundary || why != c.why {
			t.Errorf("%s: %q %q, want %q %q", c.in, boundary, why, c.boundary, c.why)
		}
	}
}

// A folded field is read like one on a single line.
func TestFoldedBoundary(t *testing.T) {
	for _, fold := range []string{"\n ", "\r\n\t", "\n \r\n\t "} {
		in := "Content-Type : multipart/mixed;" + fold + "boundary=" + fold + "\"x" + fold + "y\"\n\n"
		m, err := Read(strings.NewReader(in), Options{AllowTruncated: true})
		if err != nil {
			t.Errorf("%q: %v", fold, err)
			continue
		}
		want := "--x" + strings.NewReplacer("\r", "", "\n", "").Replace(fold) + "y"
		if string(m.checker.delimiter) != want {
			t.Errorf("%q: %q, want %q", fold, m.checker.delimiter, want)
		}
	}
}

// A Content-Transfer-Encoding is only a label; the content decides.
func TestTransferEncodingIsALabel(t *testing.T) {
	for _, value := range []string{"binary", "Binary", "(x) BINARY (y)", "binary;", "8bit", "x-unknown", ""} {
		plain := complete + "Content-Transfer-Encoding: " + value + "\n\ntext\n"
		mixed := strings.Replace(multipart, "MIME", "Content-Transfer-Encoding: "+value+"\nMIME", 1) + "--b\n\n--b--\n"
		for _, in := range []string{plain, mixed} {
			if got, err := deliver(strings.NewReader(in), Options{}); err != nil || got != in {
				t.Errorf("%q: %q, %v", in, got, err)
			}
		}
	}
}

func FuzzParseBoundary(f *testing.F) {
	for _, s := range []string{"x", "x y", `"\`, "(a", "=_1_0123", "%41'", "a;b", " x"} {
		f.Add(s)
	}
	// A boundary is read in every way in which it can be written.
	f.Fuzz(func(t *testing.T, boundary string) {
		parseBoundary("multipart/mixed; boundary=" + boundary) // asserts that it does not panic
		if boundary == "" || strings.ContainsAny(boundary, "\r\n") {
			return
		}
		var percent strings.Builder
		const digits = "0123456789abcdef"
		for i := range len(boundary) {
			percent.Write([]byte{'%', digits[boundary[i]>>4], digits[boundary[i]&15]})
		}
		quote := func(s string) string {
			return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
		}
		half := len(boundary) / 2
		for _, in := range []string{
			"multipart/mixed; boundary=" + quote(boundary),
			"multipart/mixed; charset=x; boundary*=utf-8''" + percent.String() + " (c)",
			"multipart/mixed; boundary*1=" + quote(boundary[half:]) + "; boundary*0=" + quote(boundary[:half]),
		} {
			if got, why := parseBoundary(in); got != boundary || why != "" {
				t.Fatalf("%s: %q, %s", in, got, why)
			}
		}
	})
}
