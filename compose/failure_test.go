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
	"time"
)

// wantCutOff asserts that writing m fails with want, and that no reader
// treats what was written as a whole message.
func wantCutOff(t *testing.T, m *Message, want error) {
	t.Helper()
	p, err := m.Plan()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	_, err = p.WriteTo(&b)
	if !errors.Is(err, want) {
		t.Errorf("WriteTo returned %v, want %v", err, want)
	}
	if strings.Contains(b.String(), "\n--=_1_b--") {
		t.Errorf("the closing boundary was written")
	}
}

var (
	errDisk = errors.New("disk on fire")
	errTorn = fmt.Errorf("connection lost: %w", io.EOF) // not an end, though it wraps io.EOF
)

// A broken file can be read only once, and fails with err after good.
type broken struct {
	good string
	err  error
	off  int
}

func (b *broken) Read(p []byte) (int, error) {
	if b.off == len(b.good) {
		return 0, b.err
	}
	n := copy(p, b.good[b.off:])
	b.off += n
	return n, nil
}

func (b *broken) Close() error { return nil }

// A brokenAt can be read at any offset too, and does not fail then.
type brokenAt struct{ *broken }

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
			size int // 0 means unknown
			want error
		}{
			{"read error", errDisk, good + 100, errDisk},
			{"shorter than its size", io.EOF, good + 1, ErrChanged},
			{"cut off", io.ErrUnexpectedEOF, good + 2*readSize, io.ErrUnexpectedEOF},
			{"pipe with a read error", errDisk, 0, errDisk},
			{"pipe that is cut off", io.ErrUnexpectedEOF, 0, io.ErrUnexpectedEOF},
			{"pipe with a wrapped io.EOF", errTorn, 0, errTorn},
		} {
			t.Run(fmt.Sprintf("%s after %d octets", c.name, good), func(t *testing.T) {
				once := func() (io.ReadCloser, error) { return &broken{good: content, err: c.err}, nil }
				m := letter()
				m.Files = []Part{{Name: "a", Size: int64(c.size), Open: once}}
				if good < headSize { // it fails while its head is read
					wantError(t, m, c.want, "")
				} else {
					wantCutOff(t, m, c.want)
				}
				if c.size > 0 {
					m.Files[0].Open = func() (io.ReadCloser, error) {
						return brokenAt{&broken{good: content, err: c.err}}, nil
					}
					wantCutOff(t, m, c.want)
				}
				m.Files = nil
				m.Text = &Part{Size: int64(c.size), Open: once}
				wantError(t, m, c.want, "")
			})
		}
	}
	m := letter()
	m.Text = &Part{Open: func() (io.ReadCloser, error) {
		return &broken{good: longText("all is well\n", ""), err: errDisk}, nil
	}}
	wantCutOff(t, m, errDisk)
}

// A panic of a part reaches the caller of WriteTo.
func TestPartThatPanics(t *testing.T) {
	const size = 20 * readSize
	for _, good := range []int{headSize, 3 * readSize, size - readSize} {
		m := letter()
		m.Files = []Part{{Name: "a", Size: size, Open: func() (io.ReadCloser, error) {
			return io.NopCloser(io.MultiReader(strings.NewReader(strings.Repeat("x", good)), panics{})), nil
		}}}
		p, err := m.Plan()
		if err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		func() {
			defer func() {
				if recover() != errTorn {
					t.Errorf("after %d octets: WriteTo did not panic as the part did", good)
				}
			}()
			p.WriteTo(&out)
		}()
		if strings.Contains(out.String(), "=_1_b--") {
			t.Errorf("after %d octets: the closing boundary was written", good)
		}
	}
}

type panics struct{}

func (panics) Read([]byte) (int, error) { panic(errTorn) }

// A part has the octets that it had when its size was found, even if it
// grows.
func TestGrowingFile(t *testing.T) {
	for _, size := range []int{0, 5, headSize, readSize + 5} {
		content := strings.Repeat("abc", size)
		for _, p := range []Part{part("a.log", content), {Name: "a.log", Open: pipe("", content).Open}} {
			p.Size = int64(size)
			m := letter()
			m.Files = []Part{p}
			_, leaves := readBack(t, write(t, m))
			if leaves[0].body != content[:size] {
				t.Errorf("%d octets were sent, want %d", len(leaves[0].body), size)
			}
		}
	}
	m := letter()
	m.Text = textPart("hello, and more that came later")
	m.Text.Size = 5
	if _, leaves := readBack(t, write(t, m)); leaves[0].body != "hello" {
		t.Errorf("the text is sent as %q", leaves[0].body)
	}
}

// A message that no longer fits the encoding that Plan chose for it.
func TestChangedContent(t *testing.T) {
	for _, late := range []string{"--=_1_b--\n", "é\n", "a\x00", "a\rb", strings.Repeat("x", 999), "\r"} {
		content := "Subject: x\n\n" + strings.Repeat("line\n", 200_000)
		m := letter()
		mail := part("a.eml", content)
		mail.Type = "message/rfc822"
		mail.Open = func() (io.ReadCloser, error) {
			changed := content[:len(content)-len(late)] + late
			return &swapped{strings.NewReader(changed), strings.NewReader(content)}, nil
		}
		m.Files = []Part{mail}
		wantCutOff(t, m, ErrChanged)
	}
}

// A swapped file has other content for Read than for ReadAt.
type swapped struct {
	io.Reader
	at io.ReaderAt
}

func (s *swapped) ReadAt(p []byte, off int64) (int, error) { return s.at.ReadAt(p, off) }
func (s *swapped) Close() error                            { return nil }

// A limited writer accepts n octets, then fails.
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

func TestWriterThatFails(t *testing.T) {
	closed := 0
	big := bytes.Repeat([]byte("012345"), readSize)
	open := func() (io.ReadCloser, error) { return memFile{bytes.NewReader(big), &closed}, nil }
	m := letter()
	m.Text = textPart("hi")
	m.Files = []Part{
		{Name: "a", Size: int64(len(big)), Open: open},
		{Name: "b", Size: int64(len(big)), Open: open},
	}
	total := len(write(t, m))
	for n := 0; n < total; n += total/11 + 1 {
		closed = 0
		p, err := m.Plan()
		if err != nil {
			t.Fatal(err)
		}
		w := &limited{n: n}
		written, err := p.WriteTo(w)
		if !errors.Is(err, errDisk) || written != int64(w.Len()) {
			t.Fatalf("after %d octets WriteTo returned %d, %v", n, written, err)
		}
		if strings.Contains(w.String(), "=_1_b--") {
			t.Fatal("the closing boundary was written")
		}
		if closed != 2 {
			t.Fatalf("after %d octets: %d parts of 2 were closed", n, closed)
		}
	}
}

// A failsOnce writer accepts what follows its error.
type failsOnce struct{ writes int }

func (w *failsOnce) Write(p []byte) (int, error) {
	w.writes++
	if w.writes == 1 {
		return 0, errDisk
	}
	return len(p), nil
}

// After an error nothing more is written: the message would look whole, and have a
// hole.
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
		t.Errorf("WriteTo returned %v", err)
	}
}

// After an error of Plan, all parts that it opened are closed.
func TestPlanClosesAfterAnError(t *testing.T) {
	closed := 0
	file := func() (io.ReadCloser, error) { return memFile{bytes.NewReader([]byte("x")), &closed}, nil }
	m := letter()
	m.Text = &Part{Size: 1, Open: file}
	missing := func() (io.ReadCloser, error) {
		return nil, &os.PathError{Op: "open", Path: "b", Err: os.ErrNotExist}
	}
	m.Files = []Part{{Name: "a", Size: 1, Open: file}, {Name: "b", Open: missing}}
	wantError(t, m, os.ErrNotExist, "open b")
	if closed != 2 {
		t.Errorf("%d parts of 2 were closed", closed)
	}
	closed = 0
	m.Files = m.Files[:1]
	p, err := m.Plan()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil || closed != 2 {
		t.Errorf("Close returned %v and closed %d parts of 2", err, closed)
	}
}

// The time for 10,000 parts and 20,000 recipients is linear.
func TestMany(t *testing.T) {
	m := letter()
	m.Text = textPart("hi")
	open := 0
	for i := range 10_000 {
		content := fmt.Sprint(i)
		file := part("a"+content, content)
		file.Open = func() (io.ReadCloser, error) {
			open++
			return memFile{Reader: bytes.NewReader([]byte(content))}, nil
		}
		m.Files = append(m.Files, file)
	}
	for i := range 20_000 {
		m.To = append(m.To, Address{Local: fmt.Sprint("u", i), Domain: "example.org"})
	}
	start := time.Now()
	msg := write(t, m)
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("it took %v", took) // a fraction of a second if linear, minutes if quadratic
	}
	if n := strings.Count(msg, "\n--=_1_b\n"); n != 10_001 || open != 10_000 {
		t.Errorf("%d parts were written, %d opened", n, open)
	}
	if !strings.Contains(msg, "u19999@example.org\n") {
		t.Error("the last recipient is missing")
	}
}

// A zeros is a file of NULs of any size.
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

func zerosPart(size int64) Part {
	return Part{Name: "zeros", Size: size, Open: func() (io.ReadCloser, error) { return &zeros{size}, nil }}
}

// The size of an attachment makes no difference to the memory.
func TestConstantMemory(t *testing.T) {
	grown := func(size int64) uint64 {
		m := letter()
		m.Text = textPart("hi")
		m.Files = []Part{zerosPart(size)}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		p, err := m.Plan()
		if err != nil {
			t.Fatal(err)
		}
		size, known := p.Size()
		if n, err := p.WriteTo(io.Discard); err != nil || n != size || !known {
			t.Fatalf("%d octets of %d were written, %v", n, size, err)
		}
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	small, large := grown(1<<20), grown(512<<20)
	if large > small+64<<10 || large > 2<<20 {
		t.Errorf("1 MiB takes %d octets of memory, 512 MiB takes %d", small, large)
	}
}

func BenchmarkAttachment(b *testing.B) {
	const size = 256 << 20
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		m := letter()
		m.Files = []Part{zerosPart(size)}
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
