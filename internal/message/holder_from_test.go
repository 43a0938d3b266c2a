package message

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// What ReadFrom keeps, and what it says of it, is that of Write.
func TestHolderReadFrom(t *testing.T) {
	const head = "From: a@x.org\nTo: b@x.org\nSubject: x\n\n"
	long := strings.Repeat("A line of a text.\n", Lookahead/12)
	for name, in := range map[string]string{
		"empty":           "",
		"short":           head + "x\n",
		"lookahead":       head + long[:Lookahead-len(head)],
		"one octet more":  head + long[:Lookahead+1-len(head)],
		"long":            head + long,
		"octets over 127": head + long + "\xc3\xa9\n",
		"bad at the end":  head + long + "a\rb\n",
		"bad at once":     head + "a\rb\n" + long,
		"no header":       long,
	} {
		var written, read Holder
		io.WriteString(&written, in)
		n, err := read.ReadFrom(iotest.HalfReader(strings.NewReader(in)))
		if n != int64(len(in)) || err != nil {
			t.Errorf("%s: ReadFrom returned %d, %v, want %d", name, n, err, len(in))
		}
		want, wantErr := written.Message(Options{})
		got, gotErr := read.Message(Options{})
		if fmt.Sprint(gotErr) != fmt.Sprint(wantErr) {
			t.Errorf("%s: %v, want %v", name, gotErr, wantErr)
		}
		if kept, _ := io.ReadAll(read.Store.Reader()); string(kept) != in {
			t.Errorf("%s: %d octets are kept, want %d", name, len(kept), len(in))
		}
		if wantErr == nil {
			gotBit, _ := got.EightBit()
			wantBit, _ := want.EightBit()
			if gotBit != wantBit || got.checker.size != want.checker.size {
				t.Errorf("%s: %t, %d octets, want %t, %d", name, gotBit, got.checker.size, wantBit, want.checker.size)
			}
		}
		written.Store.Close()
		read.Store.Close()
	}
}

// An error of the reader is returned, whether it comes early or late.
func TestHolderReadFromFails(t *testing.T) {
	broken := errors.New("broken")
	for _, size := range []int{0, 10, Lookahead, Lookahead + 1, 2 * Lookahead} {
		var h Holder
		r := io.MultiReader(strings.NewReader(strings.Repeat("a", size)), iotest.ErrReader(broken))
		if n, err := h.ReadFrom(r); err != broken || n != int64(size) {
			t.Errorf("%d octets: %d, %v", size, n, err)
		}
		h.Store.Close()
	}
}
