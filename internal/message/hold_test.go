package message

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"
)

// long is longer than what is read ahead. No two of its lines are equal.
var long = func() string {
	b := []byte(complete + "Bcc: x@y\n\n")
	for n := 0; len(b) < 2*Lookahead+Lookahead/3; n++ {
		b = fmt.Appendf(b, "line %d\n", n)
	}
	return string(b)
}()

var longWritten = strings.Replace(long, "Bcc: x@y\n", "", 1)

// A message that was held, or is short, can be written any number of times.
func TestWriteAgain(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	file := strings.NewReader(long)
	mbox := "From x Mon Nov 30 03:00:00 2026\n"
	mboxFile := strings.NewReader(mbox + long)
	for _, c := range []struct {
		name string
		r    io.Reader
		opt  Options
		want string
	}{
		{"held", strings.NewReader(long), Options{Hold: true}, longWritten},
		{"held, in pieces", pieces(long, 5000, 1), Options{Hold: true}, longWritten},
		{"a file that is read again", file, Options{Again: file}, longWritten},
		{"an mbox that is read again", mboxFile, Options{Again: mboxFile}, longWritten},
		{"short", strings.NewReader(complete + "\nx\n"), Options{}, complete + "\nx\n"},
	} {
		m, err := Read(c.r, c.opt)
		if err != nil {
			t.Fatal(c.name, err)
		}
		if !m.Repeatable() {
			t.Error(c.name, "is not repeatable")
		}
		for range 3 {
			var b bytes.Buffer
			if n, err := m.WriteTo(&b); err != nil || b.String() != c.want || n != int64(b.Len()) {
				t.Errorf("%s: %d octets, %v", c.name, b.Len(), err)
			}
		}
		if err := m.Close(); err != nil {
			t.Error(c.name, err)
		}
	}
}

// A file that is read again is checked again.
func TestReadAgainIsChecked(t *testing.T) {
	half := strings.NewReader("MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n" + long)
	m, err := Read(half, Options{Again: half})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := m.WriteTo(io.Discard); !errors.Is(err, ErrCutOff) {
			t.Error(err)
		}
	}
}

// A streamed message is written once; half of it is never sent.
func TestStreamIsWrittenOnce(t *testing.T) {
	m, err := Read(strings.NewReader(long), Options{})
	if err != nil {
		t.Fatal(err)
	}
	m.WriteTo(io.Discard)
	var b bytes.Buffer
	if _, err := m.WriteTo(&b); err == nil || err.Error() != "a streamed message cannot be written twice" {
		t.Errorf("written twice: %v", err)
	}
	if b.Len() > 0 {
		t.Errorf("%d octets were written again", b.Len())
	}
}

// An error of the temporary file is returned by Read.
func TestHoldFails(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir()+"/missing")
	if _, err := Read(strings.NewReader(long), Options{Hold: true}); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

func TestSize(t *testing.T) {
	type eightBit struct{ yes, known bool }
	no, unknown, yes := eightBit{false, true}, eightBit{false, false}, eightBit{true, true}
	long8 := strings.Replace(long, "line 0", "é", 1)
	mbox := crlf("From x\n" + long)
	file := Options{Size: int64(len(long))}
	n := sizeOf(longWritten)
	short := sizeOf(complete + "\na\n")
	for _, c := range []struct {
		name  string
		in    string
		opt   Options
		size  int64 // -1 means unknown
		eight eightBit
	}{
		{"short", complete + "\na\n\nb", Options{}, sizeOf(complete + "\na\n\nb\n"), no},
		{"short, another size was given", complete + "\na\n", Options{Size: 7}, short, no},
		{"an mbox line", "From x\n" + complete + "\né\n", Options{}, sizeOf(complete + "\né\n"), yes},
		{"8-bit in a removed field", "Bcc: é\n" + complete + "\na\n", Options{}, short, no},
		{"8-bit in the header", "X: é\n" + complete + "\na\n", Options{}, sizeOf("X: é\n" + complete + "\na\n"), yes},
		{"a stream", long, Options{}, -1, unknown},
		{"held", long, Options{Hold: true}, n, no},
		{"a file", long, file, int64(len(long)), unknown},
		{"a file, held", long, Options{Size: file.Size, Hold: true}, n, no},
		{"composed with CRLF", crlf(long), Options{Size: int64(len(crlf(long))), CRLF: true}, n, unknown},
		{"CRLF and mbox", mbox, Options{Size: int64(len(mbox)), CRLF: true}, n, unknown},
		{"early 8-bit", long8, Options{}, -1, yes},
		{"8-bit in the header of a stream", "X: é\n" + long, Options{}, -1, yes},
		{"late 8-bit", long + "é\n", Options{}, -1, unknown},
		{"late 8-bit, held", long + "é\n", Options{Hold: true}, n + 4, yes},
	} {
		m, err := Read(strings.NewReader(c.in), c.opt)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		size, known := m.Size()
		if known != (c.size >= 0) || known && size != c.size {
			t.Errorf("%s: size %d %v, want %d", c.name, size, known, c.size)
		}
		if yes, known := m.EightBit(); yes != c.eight.yes || known != c.eight.known {
			t.Errorf("%s: 8-bit %v %v, want %v", c.name, yes, known, c.eight)
		}
		var b strings.Builder
		if _, err := m.WriteTo(&b); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if exact := c.opt.CRLF || c.opt.Hold; exact && size != sizeOf(b.String()) {
			t.Errorf("%s: size %d, but %d was written", c.name, size, sizeOf(b.String()))
		}
		m.Close()
	}
}

// A stream of any length needs the same memory.
func TestMemory(t *testing.T) {
	block := []byte(strings.Repeat("QUJD", 19) + "\n")
	allocated := func(size int64) uint64 {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		body := &endless{block: block, left: size / 77 * 77}
		m, err := Read(io.MultiReader(strings.NewReader(complete+"\n"), body), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.WriteTo(io.Discard); err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	if a, b := allocated(2<<20), allocated(200<<20); b > a+64<<10 || b > 5<<20 {
		t.Errorf("2 MiB: %d octets allocated, 200 MiB: %d", a, b)
	}
}
