package message

import (
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
)

// ReadHeader accepts lines that SMTP cannot carry.
func TestReadHeader(t *testing.T) {
	fill := strings.Repeat("x", Lookahead-len("X: \n\n"))
	for _, test := range []struct{ in, want string }{ // want: Name=Value of each field, or "" for an error
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
			for f := range h.Fields() {
				fields = append(fields, f.Name()+"="+f.Value())
			}
			got := strings.Join(fields, " ")
			if got != test.want || (err == nil) != (test.want != "") || err != nil && !errors.Is(err, ErrHeader) {
				t.Errorf("%.60q, %s: %.60q, %v, want %.60q", test.in, name, got, err, test.want)
			}
		}
	}
	broken := errors.New("broken")
	r := io.MultiReader(strings.NewReader("From: a@b\nTo"), iotest.ErrReader(broken))
	if _, err := ReadHeader(r); err != broken {
		t.Errorf("%v, want %v", err, broken)
	}
}

// A header that could be read only in part is not read.
func TestReadHeaderFails(t *testing.T) {
	for _, in := range []string{"", "From: a@b", "From: a@b\n"} {
		r := io.MultiReader(strings.NewReader(in), iotest.ErrReader(io.ErrUnexpectedEOF))
		if h, err := ReadHeader(r); err != io.ErrUnexpectedEOF {
			t.Errorf("%q: %v, %v", in, h, err)
		}
	}
}

// A header of many short fields takes no more memory than its octets.
func TestMemoryOfManyFields(t *testing.T) {
	const fields = 100_000
	header := []byte(strings.Repeat("X-1:\nX-2: a\n b\n", fields/2) + "\n")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	h, _, err := scanHeader(header, 1)
	found := 0
	for f := range h.Fields() {
		if f.Is("X-1", "x-2") {
			found++
		}
	}
	runtime.ReadMemStats(&after)
	if err != nil || found != fields {
		t.Fatalf("%d fields, %v", found, err)
	}
	const limit = 20 * fields // their names while they are read, with the race detector 16 octets each
	if got := after.TotalAlloc - before.TotalAlloc; got > limit {
		t.Errorf("%d octets for %d fields, want at most %d", got, fields, limit)
	}
}
