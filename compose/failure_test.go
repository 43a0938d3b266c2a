package compose

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// wantCutOff holds that writing m fails with want, and that no reader takes
// what came out for whole.
func wantCutOff(t *testing.T, m *Message, want error) {
	t.Helper()
	p, err := m.Plan()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	_, err = p.WriteTo(&b)
	if !errors.Is(err, want) {
		t.Errorf("WriteTo: %v, want %v", err, want)
	}
	if strings.Contains(b.String(), "\n--=_1_b--") {
		t.Errorf("the closing boundary was written")
	}
}

var (
	errDisk = errors.New("disk on fire")
	errTorn = fmt.Errorf("the line was torn: %w", io.EOF) // no end, though io.EOF is in it
)

// broken is a file that gives good octets, then err; closed counts.
type broken struct {
	good   string
	err    error
	off    int
	closed *int
}

func (b *broken) Read(p []byte) (int, error) {
	if b.off == len(b.good) {
		return 0, b.err
	}
	n := copy(p, b.good[b.off:])
	b.off += n
	return n, nil
}

func (b *broken) Close() error {
	if b.closed != nil {
		*b.closed++
	}
	return nil
}

// brokenAt can be read at will, too, and is whole then.
type brokenAt struct {
	*broken
	size int64
}

func (b brokenAt) ReadAt(p []byte, off int64) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func TestPartsThatFail(t *testing.T) {
	for _, good := range []int{0, 10, headSize - 1, headSize, headSize + 10, 3 * readSize} {
		content := strings.Repeat("x", good)
		for _, c := range []struct {
			name string
			err  error
			size int64
			want error
		}{
			{"read error", errDisk, int64(good + 100), errDisk},
			{"shorter than its size", io.EOF, int64(good + 1), ErrChanged},
			{"a source cut off", io.ErrUnexpectedEOF, int64(good + 2*readSize), io.ErrUnexpectedEOF},
		} {
			t.Run(fmt.Sprintf("%s after %d", c.name, good), func(t *testing.T) {
				m := letter()
				m.Text = textPart("hi")
				m.Files = []Part{{Name: "a", Size: c.size, Open: func() (io.ReadCloser, error) {
					return brokenAt{&broken{good: content, err: c.err}, c.size}, nil
				}}}
				wantCutOff(t, m, c.want)
				// What can be read but once fails while its head is read, or later.
				m.Files[0].Open = func() (io.ReadCloser, error) { return &broken{good: content, err: c.err}, nil }
				if good < headSize {
					wantError(t, m, c.want, "")
				} else {
					wantCutOff(t, m, c.want)
				}
			})
		}
		// A pipe that breaks: its size was not known.
		for _, err := range []error{errDisk, io.ErrUnexpectedEOF, errTorn} {
			open := func() (io.ReadCloser, error) { return &broken{good: content, err: err}, nil }
			m := letter()
			m.Text = &Part{Open: open}
			wantError(t, m, err, "")
			m.Text, m.Files = nil, []Part{{Name: "a", Open: open}}
			if good < headSize {
				wantError(t, m, err, "")
			} else {
				wantCutOff(t, m, err)
			}
		}
	}
	m := letter()
	m.Text = &Part{Open: func() (io.ReadCloser, error) {
		return &broken{good: longText("all is well\n", ""), err: errDisk}, nil
	}}
	wantCutOff(t, m, errDisk)
}

// A part is read ahead by another goroutine, where nobody could catch its panic.
func TestPartThatPanics(t *testing.T) { synctest.Test(t, partThatPanics) }

func partThatPanics(t *testing.T) {
	const size = 20 * readSize
	for _, good := range []int{headSize, 3 * readSize, size - readSize} {
		m := letter()
		m.Files = []Part{{Name: "a", Size: size, Open: func() (io.ReadCloser, error) {
			return struct {
				io.Reader
				io.Closer
			}{io.MultiReader(strings.NewReader(strings.Repeat("x", good)), panics{}), io.NopCloser(nil)}, nil
		}}}
		p, err := m.Plan()
		if err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		func() {
			defer func() {
				if recover() != errTorn {
					t.Errorf("after %d: no panic of the part's", good)
				}
			}()
			p.WriteTo(&out)
		}()
		if strings.Contains(out.String(), "=_1_b--") {
			t.Errorf("after %d: the closing boundary was written", good)
		}
	}
}

type panics struct{}

func (panics) Read([]byte) (int, error) { panic(errTorn) }

// A file that grows gives what it had.
//
// C26.
func TestGrowingFile(t *testing.T) {
	for _, size := range []int{0, 5, headSize, readSize + 5} {
		content := strings.Repeat("abc", size)
		for _, p := range []Part{part("a.log", content), {Name: "a.log", Open: pipe("", content).Open}} {
			p.Size = int64(size)
			m := letter()
			m.Files = []Part{p}
			_, leaves := readBack(t, write(t, m))
			if leaves[0].body != content[:size] {
				t.Errorf("%d octets of %d", len(leaves[0].body), size)
			}
		}
	}
	m := letter()
	m.Text = textPart("hello, and more that came later")
	m.Text.Size = 5
	if _, leaves := readBack(t, write(t, m)); leaves[0].body != "hello" {
		t.Errorf("%q", leaves[0].body)
	}
}

// A message that is not any more what it was when it was planned.
func TestChangedContent(t *testing.T) {
	for _, late := range []string{"--=_1_b--\n", "é\n", "a\x00", "a\rb", strings.Repeat("x", 999), "\r"} {
		content := "Subject: x\n\n" + strings.Repeat("line\n", 200_000)
		m := letter()
		m.Files = []Part{{Name: "a.eml", Type: "message/rfc822", Size: int64(len(content)), Open: func() (io.ReadCloser, error) {
			changed := content[:len(content)-len(late)] + late
			return &swapped{Reader: strings.NewReader(changed), at: strings.NewReader(content)}, nil
		}}}
		wantCutOff(t, m, ErrChanged)
	}
}

type swapped struct {
	io.Reader
	at io.ReaderAt
}

func (s *swapped) ReadAt(p []byte, off int64) (int, error) { return s.at.ReadAt(p, off) }
func (s *swapped) Close() error                            { return nil }

// limited takes n octets, then fails.
type limited struct {
	bytes.Buffer
	n int
}

func (l *limited) Write(p []byte) (int, error) {
	if l.Len()+len(p) > l.n {
		n, _ := l.Buffer.Write(p[:max(0, l.n-l.Len())])
		return n, errDisk
	}
	return l.Buffer.Write(p)
}

// A goroutine that is left over fails the test: synctest waits for all.
func TestWriterThatFails(t *testing.T) { synctest.Test(t, writersThatFail) }

func writersThatFail(t *testing.T) {
	make := func(closed *int) *Message {
		m := letter()
		big := strings.Repeat("012345", readSize)
		m.Text = textPart("hi")
		m.Files = []Part{{Name: "a", Size: int64(len(big)), Open: func() (io.ReadCloser, error) {
			return memFile{bytes.NewReader([]byte(big)), closed}, nil
		}}, {Name: "b", Size: int64(len(big)), Open: func() (io.ReadCloser, error) {
			return memFile{bytes.NewReader([]byte(big)), closed}, nil
		}}}
		return m
	}
	total := len(write(t, make(nil)))
	for n := 0; n < total; n += total/11 + 1 {
		closed := 0
		p, err := make(&closed).Plan()
		if err != nil {
			t.Fatal(err)
		}
		w := &limited{n: n}
		written, err := p.WriteTo(w)
		if !errors.Is(err, errDisk) || written != int64(w.Len()) {
			t.Fatalf("after %d: %d, %v", n, written, err)
		}
		if strings.Contains(w.String(), "=_1_b--") {
			t.Fatal("the closing boundary was written")
		}
		if closed != 2 {
			t.Fatalf("after %d: %d parts were closed", n, closed)
		}
	}
}

// failsOnce would take what comes after its error.
type failsOnce struct{ writes int }

func (w *failsOnce) Write(p []byte) (int, error) {
	if w.writes++; w.writes == 1 {
		return 0, errDisk
	}
	return len(p), nil
}

// After an error nothing more is written: what follows a hole would look whole.
func TestNothingFollowsAnError(t *testing.T) {
	for _, encoding := range Encodings() {
		m := letter()
		file := pipe("a", strings.Repeat("words and words\n", outputSize/16+10))
		file.Type, file.Encoding = "text/plain", encoding
		m.Files = []Part{file}
		p, err := m.Plan()
		if err != nil {
			t.Fatal(err)
		}
		var w failsOnce
		if n, err := p.WriteTo(&w); n != 0 || err != errDisk || w.writes != 1 {
			t.Errorf("%s: %d octets in %d writes, %v", encoding, n, w.writes, err)
		}
	}
}

type shortWriter struct{}

func (shortWriter) Write(p []byte) (int, error) { return len(p) / 2, nil }

func TestShortWriter(t *testing.T) {
	m := letter()
	m.Text = textPart("hi")
	p, err := m.Plan()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.WriteTo(shortWriter{}); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("%v", err)
	}
	if _, err := p.WriteTo(io.Discard); !errors.Is(err, errMisuse) {
		t.Errorf("written twice: %v", err)
	}
}

// After an error of Plan all that was opened is closed.
func TestPlanClosesAfterAnError(t *testing.T) {
	closed := 0
	file := func() (io.ReadCloser, error) { return memFile{bytes.NewReader([]byte("x")), &closed}, nil }
	m := letter()
	m.Text = &Part{Size: 1, Open: file}
	m.Files = []Part{{Name: "a", Size: 1, Open: file}, {Name: "b", Open: func() (io.ReadCloser, error) {
		return nil, &os.PathError{Op: "open", Path: "b", Err: os.ErrNotExist}
	}}}
	wantError(t, m, os.ErrNotExist, "open b")
	if closed != 2 {
		t.Errorf("%d of 2 closed", closed)
	}
	closed = 0
	m.Files = m.Files[:1]
	p, err := m.Plan()
	if err != nil {
		t.Fatal(err)
	}
	if p.Close(); closed != 2 {
		t.Errorf("Close: %d of 2 closed", closed)
	}
	m.Files = []Part{{Name: "x"}}
	wantError(t, m, errMisuse, "x: the part has no Open")
	m.Files = []Part{{Name: "x", Open: func() (io.ReadCloser, error) { return nil, nil }}}
	wantError(t, m, errMisuse, "x: Open returned nil")
}

// 10,000 parts and 20,000 recipients are written without more memory than they name.
func TestMany(t *testing.T) {
	m := letter()
	m.Text = textPart("hi")
	open := 0
	for i := range 10_000 {
		content := fmt.Sprint(i)
		m.Files = append(m.Files, Part{Name: "a" + content, Size: int64(len(content)), Open: func() (io.ReadCloser, error) {
			open++
			return memFile{Reader: bytes.NewReader([]byte(content))}, nil
		}})
	}
	for i := range 20_000 {
		m.To = append(m.To, Address{Local: fmt.Sprint("u", i), Domain: "example.org"})
	}
	start := time.Now()
	msg := write(t, m)
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("it took %v", took) // linear is a fraction of a second, quadratic minutes
	}
	if n := strings.Count(msg, "\n--=_1_b\n"); n != 10_001 || open != 10_000 {
		t.Errorf("%d parts, %d opened", n, open)
	}
	if !strings.Contains(msg, "u19999@example.org\n") {
		t.Error("the last recipient is missing")
	}
}

// zeros is a file of zeros of any size.
type zeros struct{ left int64 }

func (z *zeros) Read(p []byte) (int, error) {
	if z.left == 0 {
		return 0, io.EOF
	}
	n := min(int64(len(p)), z.left)
	clear(p[:n])
	z.left -= n
	return int(n), nil
}
func (z *zeros) ReadAt(p []byte, off int64) (int, error) { clear(p); return len(p), nil }
func (z *zeros) Close() error                            { return nil }

// The size of an attachment makes no difference to the memory.
//
// C32: so 2 GiB take no more than 1 MiB.
func TestConstantMemory(t *testing.T) {
	grown := func(size int64) uint64 {
		m := letter()
		m.Text = textPart("hi")
		m.Files = []Part{{Name: "zeros", Size: size, Open: func() (io.ReadCloser, error) { return &zeros{size}, nil }}}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		p, err := m.Plan()
		if err != nil {
			t.Fatal(err)
		}
		size, known := p.Size()
		if n, err := p.WriteTo(io.Discard); err != nil || n != size || !known {
			t.Fatalf("%d of %d, %v", n, size, err)
		}
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	small, large := grown(1<<20), grown(512<<20)
	if large > small+64<<10 || large > 2<<20 {
		t.Errorf("1 MiB takes %d octets of memory, 512 MiB %d", small, large)
	}
}

func BenchmarkAttachment(b *testing.B) {
	const size = 256 << 20
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		m := letter()
		m.Files = []Part{{Name: "zeros", Size: size, Open: func() (io.ReadCloser, error) { return &zeros{size}, nil }}}
		p, err := m.Plan()
		if err != nil {
			b.Fatal(err)
		}
		if _, err := p.WriteTo(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSmallMail(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		m := letter()
		m.Text = textPart("Hello,\n\nall is well.\n")
		p, err := m.Plan()
		if err != nil {
			b.Fatal(err)
		}
		if _, err := p.WriteTo(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}
