package message

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// The header of a message that is answered need not be one that can be sent.
func TestReadHeader(t *testing.T) {
	fill := strings.Repeat("x", Lookahead-len("X: \n\n"))
	for _, test := range []struct{ in, want string }{ // Name=Value of each field; empty: it is none
		{"From: a@b\nSubject: x\n\nBody: no\n", "From=a@b Subject=x"},
		{"From: a@b\r\nsubject : x\r\n\tand y\r\n\r\n", "From=a@b subject=x\tand y"},
		{"From: a@b\nSubject: it ends here", "From=a@b Subject=it ends here"},
		{"From a@b Thu Jan  1 00:00:00 1970\nFrom: a@b\n\n", "From=a@b"},
		{"From: a@b\nX: \x00\r\xff" + strings.Repeat("x", 2000) + "\n\n", "From=a@b X=\x00\xff" + strings.Repeat("x", 2000)},
		{"X: " + fill[1:] + "\n\n", "X=" + fill[1:]},
		{"X: " + fill + "\n\n", ""},
		{"", ""},
		{"\nFrom: a@b\n\n", ""},
		{" From: a@b\n\n", ""},
		{"From: a@b\nprose\n\n", ""},
	} {
		for name, r := range readers(test.in) {
			h, err := ReadHeader(r)
			var fields []string
			for _, f := range h {
				fields = append(fields, f.Name+"="+f.Value())
			}
			got := strings.Join(fields, " ")
			if got != test.want || (err == nil) != (test.want != "") || err != nil && !errors.Is(err, ErrHeader) {
				t.Errorf("%.60q, %s: %.60q, %v", test.in, name, got, err)
			}
		}
	}
	torn := errors.New("the disk is gone")
	if _, err := ReadHeader(io.MultiReader(strings.NewReader("From: a@b\nTo"), iotest.ErrReader(torn))); err != torn {
		t.Errorf("%v", err)
	}
}
