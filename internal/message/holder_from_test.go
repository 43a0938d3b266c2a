package message

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// What ReadFrom keeps, and what it says of it, is that of Write. It leaves the rest of
// a bad message to others.
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
		r := iotest.HalfReader(strings.NewReader(in))
		n, err := read.ReadFrom(r)
		var rest []byte
		if read.Rest != nil {
			rest, _ = io.ReadAll(read.Rest)
		}
		if n != int64(len(in)-len(rest)) || err != nil {
			t.Errorf("%s: ReadFrom returned %d, %v, and left %d of %d", name, n, err, len(rest), len(in))
		}
		want, wantErr := written.Message(Options{})
		got, gotErr := read.Message(Options{})
		if fmt.Sprint(gotErr) != fmt.Sprint(wantErr) {
			t.Errorf("%s: %v, want %v", name, gotErr, wantErr)
		}
		if kept, _ := io.ReadAll(read.Store.Reader()); string(kept)+string(rest) != in {
			t.Errorf("%s: %d octets are kept and %d left, want %d", name, len(kept), len(rest), len(in))
		}
		if isBad := name == "bad at once" || name == "no header"; (len(rest) > 0) != isBad {
			t.Errorf("%s: %d octets are left", name, len(rest))
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

// An error of the reader is returned, whether it comes early or late, unless the
// message is bad before that.
func TestHolderReadFromFails(t *testing.T) {
	broken := errors.New("broken")
	for _, size := range []int{0, 10, Lookahead, Lookahead + 1, 2 * Lookahead} {
		var h Holder
		in := ("A: b\n\n" + strings.Repeat("a\n", size))[:size]
		r := io.MultiReader(strings.NewReader(in), iotest.ErrReader(broken))
		if n, err := h.ReadFrom(r); err != broken || n != int64(size) {
			t.Errorf("%d octets: %d, %v", size, n, err)
		}
		h.Store.Close()
	}
}
