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
	"testing/iotest"
)

// long is longer than the look-ahead, so that its end is not known. No line is like another.
var long = func() string {
	b := []byte(fixed + "Bcc: x@y\n\n")
	for n := 0; len(b) < 2*Lookahead+Lookahead/3; n++ {
		b = fmt.Appendf(b, "line %d\n", n)
	}
	return string(b)
}()

var longWritten = crlf(strings.Replace(long, "Bcc: x@y\n", "", 1))

func TestKeep(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	for name, r := range map[string]io.Reader{"whole": strings.NewReader(long), "in pieces": pieces(long, 5000, 1)} {
		m, err := Read(r, Options{})
		if err != nil {
			t.Fatal(err)
		}
		m.Keep()
		for range 3 {
			var b bytes.Buffer
			if n, err := m.WriteTo(&b); err != nil || b.String() != longWritten || n != int64(b.Len()) {
				t.Errorf("%s: %d octets, %v", name, b.Len(), err)
			}
		}
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	}
	// What was not kept is not sent by half.
	m, _ := Read(strings.NewReader(long), Options{})
	m.WriteTo(io.Discard)
	var b bytes.Buffer
	if _, err := m.WriteTo(&b); err == nil || err.Error() != "a stream that was not kept cannot be read twice" {
		t.Errorf("written twice: %v", err)
	}
	// What was known whole needs no keeping.
	m, _ = Read(strings.NewReader(fixed+"\nx\n"), Options{})
	for range 2 {
		b.Reset()
		if _, err := m.WriteTo(&b); err != nil || b.String() != crlf(fixed+"\nx\n") {
			t.Errorf("%q %v", b.String(), err)
		}
	}
}

// A broken end stays broken, however often it is read.
func TestKeepError(t *testing.T) {
	m, err := Read(io.MultiReader(strings.NewReader(long), iotest.ErrReader(os.ErrDeadlineExceeded)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	m.Keep()
	for range 2 {
		if _, err := m.WriteTo(io.Discard); err != os.ErrDeadlineExceeded {
			t.Error(err)
		}
	}
	t.Setenv("TMPDIR", t.TempDir()+"/none")
	if _, err := Read(strings.NewReader(long), Options{Hold: true}); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

// A caller that has had enough need not wait for a producer.
func TestCloseWhileReading(t *testing.T) {
	source, producer := io.Pipe()
	m, err := Read(io.MultiReader(strings.NewReader(long), source), Options{})
	if err != nil {
		t.Fatal(err)
	}
	m.Keep()
	done := make(chan error)
	go func() {
		_, err := m.WriteTo(io.Discard)
		done <- err
	}()
	producer.Write([]byte("a line\n")) // returns when WriteTo waits for it
	if err := m.Close(); err != nil {
		t.Error(err)
	}
	go producer.Write([]byte("a line\n"))
	defer source.Close()
	if err := <-done; !errors.Is(err, os.ErrClosed) {
		t.Error(err)
	}
}

func TestSize(t *testing.T) {
	n := int64(len(longWritten))
	for _, c := range []struct {
		name        string
		in          string
		opt         Options
		size        int64
		known       bool
		eight, eyes bool // EightBit: yes, known
	}{
		{"known whole", fixed + "\na\n\nb", Options{}, int64(len(crlf(fixed + "\na\n\nb\n"))), true, false, true},
		{"known whole, whatever it was said to be", fixed + "\na\n", Options{Size: 7}, int64(len(crlf(fixed + "\na\n"))), true, false, true},
		{"with an mbox line", "From x\n" + fixed + "\né\n", Options{}, int64(len(crlf(fixed + "\né\n"))), true, true, true},
		{"8-bit in what is removed", "Bcc: é\n" + fixed + "\na\n", Options{}, int64(len(crlf(fixed + "\na\n"))), true, false, true},
		{"8-bit in the header", "X: é\n" + fixed + "\na\n", Options{}, int64(len(crlf("X: é\n" + fixed + "\na\n"))), true, true, true},
		{"a stream", long, Options{}, 0, false, false, false},
		{"held", long, Options{Hold: true}, n, true, false, true},
		{"a file", long, Options{Size: int64(len(long))}, int64(len(long)), true, false, false},
		{"a file, held", long, Options{Size: int64(len(long)), Hold: true}, n, true, false, true},
		{"composed with CRLF", crlf(long), Options{Size: int64(len(crlf(long))), CRLF: true}, n, true, false, false},
		{"CRLF and mbox", crlf("From x\n" + long), Options{Size: int64(len(crlf("From x\n" + long))), CRLF: true}, n, true, false, false},
		{"8-bit ahead", strings.Replace(long, "line 0", "é", 1), Options{}, 0, false, true, true},
		{"8-bit in the header of a stream", "X: é\n" + long, Options{}, 0, false, true, true},
		{"8-bit later", long + "é\n", Options{}, 0, false, false, false},
		{"8-bit later, held", long + "é\n", Options{Hold: true}, n + 4, true, true, true},
	} {
		m, err := Read(strings.NewReader(c.in), c.opt)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if size, known := m.Size(); size != c.size || known != c.known {
			t.Errorf("%s: size %d %v, want %d %v", c.name, size, known, c.size, c.known)
		}
		if yes, known := m.EightBit(); yes != c.eight || known != c.eyes {
			t.Errorf("%s: 8-bit %v %v", c.name, yes, known)
		}
		if n, err := m.WriteTo(io.Discard); err != nil || c.known && c.opt.CRLF && n != c.size {
			t.Errorf("%s: %d octets, %v", c.name, n, err)
		}
		m.Close()
	}
}

// A stream of any length needs the same memory.
func TestMemory(t *testing.T) {
	head := fixed + "\n"
	block := []byte(strings.Repeat("QUJD", 19) + "\n")
	peak := func(size int64) uint64 {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		m, err := Read(io.MultiReader(strings.NewReader(head), &endless{block: block, left: size / 77 * 77}), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.WriteTo(io.Discard); err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	if a, b := peak(2<<20), peak(200<<20); b > a+64<<10 || b > 5<<20 {
		t.Errorf("2 MiB: %d octets allocated, 200 MiB: %d", a, b)
	}
}

// CRLF is passed on without a copy.
func TestNoCopy(t *testing.T) {
	var same sameMemory
	c := copier{w: &same}
	for _, p := range []string{"a\r\n", "\r\n\r\n", "aa\r\nb\r\n"} {
		same.p = []byte(p)
		if _, err := c.block(same.p); err != nil || !same.seen {
			t.Errorf("%q: %v", p, err)
		}
	}
}

// sameMemory sees whether it is given p itself.
type sameMemory struct {
	p    []byte
	seen bool
}

func (s *sameMemory) Write(p []byte) (int, error) {
	s.seen = len(p) == len(s.p) && &p[0] == &s.p[0]
	return len(p), nil
}

// What was made to take long has the answer of its kind, and soon.
func TestHostile(t *testing.T) {
	deep := strings.Repeat("(", 300_000)
	for _, tt := range []struct {
		in                       string
		read, sender, recipients error
	}{
		{strings.Repeat("X: y\n", 100_000) + "From: a@b\nTo: c@d\n\n", nil, nil, nil},
		{"Content-Type: multipart/mixed; " + deep + "\n\n", ErrStructure, nil, nil},
		{"Content-Type: " + strings.Repeat("multipart/mixed; boundary*0=x; ", 30_000) + "\n\n", ErrContent, nil, nil},
		{"Content-Type: multipart/mixed; boundary=\"" + strings.Repeat("\n x", 200_000) + "\"\n\n", ErrCutOff, nil, nil},
		{"Content-Type: multipart/mixed" + strings.Repeat(";\n boundary*12345=\"", 40_000) + "\n\n", ErrStructure, nil, nil},
		{"From: " + strings.Repeat("(\n (\n ", 100_000) + "\nTo: " + strings.Repeat("<\n ", 100_000) + "\n\n", nil, ErrAddress, ErrAddress},
		{"From: a@b\nTo: " + strings.Repeat("=?a?q?\n =?", 70_000) + "\n\n", nil, nil, ErrAddress},
		{strings.Repeat("Resent-To: a@b\n", 60_000) + "\n", nil, ErrSender, nil},
		{fixed + "\n" + strings.Repeat("aaaa\nb\nc\naaaa\n", 200_000), nil, nil, nil},
	} {
		m, err := Read(strings.NewReader(tt.in), Options{})
		if !errors.Is(err, tt.read) {
			t.Errorf("%.60q: %v, want %v", tt.in, err, tt.read)
		}
		if err != nil {
			continue
		}
		if _, err := m.Sender(); !errors.Is(err, tt.sender) {
			t.Errorf("%.60q: the sender: %v, want %v", tt.in, err, tt.sender)
		}
		if _, err := m.Recipients(); !errors.Is(err, tt.recipients) {
			t.Errorf("%.60q: the recipients: %v, want %v", tt.in, err, tt.recipients)
		}
		if _, err := m.WriteTo(io.Discard); err != nil {
			t.Errorf("%.60q: %v", tt.in, err)
		}
	}
}
