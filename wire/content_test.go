package wire

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"mailpipe/internal/linefeed"
)

// stuffed writes content in pieces of the lengths that cut returns. It returns
// what is sent, with the dot if the content may be committed.
func stuffed(content []byte, cut func(rest int) int, set func(*contentWriter)) (wire []byte, size int64, err error) {
	var out bytes.Buffer
	w := newContentWriter(func(p []byte) error {
		out.Write(p)
		return nil
	})
	w.stuff = true
	if set != nil {
		set(w)
	}
	for len(content) > 0 {
		n := cut(len(content))
		if _, err := w.Write(content[:n]); err != nil {
			return out.Bytes(), w.size, err
		}
		content = content[n:]
	}
	tail, err := w.end()
	if err != nil {
		return out.Bytes(), w.size, err
	}
	return append(append(out.Bytes(), tail...), ".\r\n"...), w.size, nil
}

func whole(rest int) int    { return rest }
func byByte(int) int        { return 1 }
func randomly(rest int) int { return 1 + rand.IntN(rest) }

// inTwo cuts once.
func inTwo(at int) func(int) int {
	first := true
	return func(rest int) int {
		if first {
			first = false
			return max(at, 1)
		}
		return rest
	}
}

// byTheRules is the oracle: it follows RFC 5321 §4.5.2 octet by octet.
func byTheRules(content []byte) (wire []byte, size int64, err error) {
	if len(content) == 0 {
		return nil, 0, errEmpty
	}
	last := byte('\n')
	for i, b := range content {
		switch {
		case b == 0:
			return nil, 0, linefeed.ErrNUL
		case b == '\r' && (i+1 == len(content) || content[i+1] != '\n'):
			return nil, 0, linefeed.ErrBareCR
		case b == '\n' && last != '\r':
			wire = append(wire, '\r')
			size++
		case b == '.' && last == '\n':
			wire = append(wire, '.')
		}
		wire = append(wire, b)
		size++
		last = b
	}
	if last != '\n' {
		wire = append(wire, "\r\n"...)
		size += 2
	}
	return append(wire, ".\r\n"...), size, nil
}

func TestStuffing(t *testing.T) {
	for _, c := range []struct{ content, wire string }{
		{"a\r\n", "a\r\n.\r\n"},
		{"a", "a\r\n.\r\n"},
		{"a\n", "a\r\n.\r\n"},
		{".", "..\r\n.\r\n"},
		{".\r\n", "..\r\n.\r\n"},
		{"..\r\n", "...\r\n.\r\n"},
		{"a\n.\nb", "a\r\n..\r\nb\r\n.\r\n"},
		{"a\r\n.\r\nb.c\r\n", "a\r\n..\r\nb.c\r\n.\r\n"},
		{"\n", "\r\n.\r\n"},
		{"\n\r\n\n", "\r\n\r\n\r\n.\r\n"},
		{"\r\n.", "\r\n..\r\n.\r\n"},
		{"a\r\n\n\nb", "a\r\n\r\n\r\nb\r\n.\r\n"},
		{"a\r\n\n\n\r\n.\n", "a\r\n\r\n\r\n\r\n..\r\n.\r\n"},
	} {
		for name, cut := range map[string]func(int) int{"whole": whole, "bytes": byByte} {
			if got, _, err := stuffed([]byte(c.content), cut, nil); err != nil || string(got) != c.wire {
				t.Errorf("%q, %s: %q, %v; want %q", c.content, name, got, err, c.wire)
			}
		}
		for at := 1; at < len(c.content); at++ {
			got, size, err := stuffed([]byte(c.content), inTwo(at), nil)
			_, want, _ := byTheRules([]byte(c.content))
			if err != nil || string(got) != c.wire || size != want {
				t.Errorf("%q cut at %d: %q, %d octets, %v; want %q, %d", c.content, at, got, size, err, c.wire, want)
			}
		}
	}
}

// These are the sequences of the reports about SMTP smuggling. A server that
// treats any of them as the end of data must still see the real one only.
func TestSmuggling(t *testing.T) {
	endOfData := regexp.MustCompile(`(^|\r\n|\r|\n)\x00?\.\x00?(\r\n|\r|\n)`)
	for _, end := range []string{
		"\n.\n", "\n.\r\n", "\r.\r\n", "\r.\r", "\r.\n", "\n.\r", "\r\n.\r", "\r\n.\n", "\r\n.\r\r\n",
		"\r\n\x00.\r\n", "\r\n.\x00\r\n", "\r\r\n.\r\n", "\r\n.\r\n", "\n\n.\r\r\n", "\r\n\r.\r\n",
	} {
		content := "Subject: x\r\n\r\nhello" + end + "MAIL FROM:<evil@example.org>\r\nDATA\r\nspoof"
		for at := range len(content) {
			got, _, err := stuffed([]byte(content), inTwo(at), nil)
			ends := endOfData.FindAllIndex(got, -1)
			switch {
			case err != nil && len(ends) != 0:
				t.Errorf("%q cut at %d: refused, but %q was written", end, at, got)
			case err == nil && (len(ends) != 1 || ends[0][1] != len(got)):
				t.Errorf("%q cut at %d: %q was written", end, at, got)
			}
		}
	}
}

// Blocks of many sizes agree with the oracle around the edges of all buffers.
func TestStuffingAtEdges(t *testing.T) {
	line := strings.Repeat("x", 76) + "\r\n"
	for _, size := range []int{bufferSize, directSize, blockSize} {
		for _, edge := range []string{"\r\n.\r\n", "\n.\n", "\r\n", ".", "\r"} {
			for shift := -6; shift <= 6; shift++ {
				head := strings.Repeat(line, size/len(line)+2)[:size+shift]
				if strings.HasSuffix(head, "\r") {
					head = head[:len(head)-1] + "y"
				}
				content := []byte(head + edge + line + strings.Repeat(line, 2*size/len(line)))
				want, wantSize, wantErr := byTheRules(content)
				for name, cut := range map[string]func(int) int{
					"whole": whole, "random": randomly, "blocks": func(rest int) int { return min(rest, size) },
				} {
					got, n, err := stuffed(content, cut, nil)
					same := errors.Is(err, wantErr) && (err != nil || bytes.Equal(got, want) && n == wantSize)
					if !same {
						t.Fatalf("%d%+d, %q, %s: %v, %d octets; want %v, %d",
							size, shift, edge, name, err, n, wantErr, wantSize)
					}
				}
			}
		}
	}
}

// One odd line among many lines of the same length is found.
func TestLongRuns(t *testing.T) {
	for _, end := range []string{"\n", "\r\n"} {
		line := strings.Repeat("x", 76) + end
		run := strings.Repeat(line, 4<<10/len(line)+1)
		for _, odd := range []string{
			"x", ".", "\n", "\n.", "\n\n", "\r\n", "\r\n.\r\n", "\n.\n", "\r", "\r\r\n", "\x00", "\n.\x00",
		} {
			for at := range 76 - len(odd) + 1 {
				content := []byte(run + line[:at] + odd + line[at+len(odd):] + run)
				want, wantSize, wantErr := byTheRules(content)
				got, size, err := stuffed(content, whole, nil)
				if !errors.Is(err, wantErr) || err == nil && (!bytes.Equal(got, want) || size != wantSize) {
					t.Errorf("%q at %d of a line with %q: %d octets, %v; want %d, %v",
						odd, at, end, size, err, wantSize, wantErr)
				}
			}
		}
	}
}

func TestContentLimits(t *testing.T) {
	sevenBit := func(w *contentWriter) { w.sevenBitOnly = true }
	limit := func(n int64) func(*contentWriter) { return func(w *contentWriter) { w.sizeLimit = n } }
	for _, c := range []struct {
		content string
		set     func(*contentWriter)
		err     error
	}{
		{"", nil, errEmpty},
		{"a\r", nil, linefeed.ErrBareCR},
		{"a\x00", nil, linefeed.ErrNUL},
		{"caf\xe9\r\n", sevenBit, ErrEightBit},
		{"caf\xe9\r\n", nil, nil},
		{strings.Repeat("x", 40) + "\xff" + strings.Repeat("x", 40), sevenBit, ErrEightBit},
		{"cafe\r\n", sevenBit, nil},
		{"a\r\n", limit(3), nil},
		{"a\n", limit(3), nil},
		{"a", limit(3), nil},
		{".\n", limit(3), nil}, // without stuffing (RFC 1870 §5)
		{"ab", limit(3), ErrTooBig},
		{"ab\n", limit(3), ErrTooBig},
	} {
		for _, cut := range []func(int) int{whole, byByte} {
			if _, _, err := stuffed([]byte(c.content), cut, c.set); !errors.Is(err, c.err) {
				t.Errorf("%q: %v, want %v", c.content, err, c.err)
			}
		}
	}
}

// A block that was checked before is written as any other content.
func TestWriteBlock(t *testing.T) {
	for _, content := range []string{"a\r\nb\r\n", "a\n.b\n\n", ".\r\n..", "\n", "caf\xe9"} {
		for at := range len(content) + 1 {
			var out bytes.Buffer
			w := newContentWriter(func(p []byte) error {
				out.Write(p)
				return nil
			})
			w.stuff = true
			last := byte('\n')
			for _, text := range []string{content[:at], content[at:]} {
				block, err := linefeed.Scan([]byte(text), last, nil)
				if err == nil {
					err = w.WriteBlock(block)
				}
				if err != nil {
					t.Fatalf("%q cut at %d: %v", content, at, err)
				}
				last = w.last
			}
			rest, err := w.end()
			out.Write(rest)
			want, size, _ := byTheRules([]byte(content))
			if err != nil || out.String()+".\r\n" != string(want) || w.size != size {
				t.Errorf("%q cut at %d: %q, %d octets, %v; want %q, %d",
					content, at, out.String(), w.size, err, want, size)
			}
		}
	}
}

// A block that was checked after other content is checked again.
func TestWriteBlockAfterOtherContent(t *testing.T) {
	for _, c := range []struct {
		before, text, wire string
		err                error
	}{
		{"a\r", "\nb\n", "a\r\nb\r\n", nil},
		{"a\r", "b\n", "", linefeed.ErrBareCR},
		{"a", ".\n", "a.\r\n", nil},
	} {
		w := newContentWriter(nil)
		w.stuff = true
		w.Write([]byte(c.before))
		block, err := linefeed.Scan([]byte(c.text), '\n', nil)
		if err != nil {
			t.Fatal(err)
		}
		err = w.WriteBlock(block)
		if err != c.err || err == nil && string(w.buf) != c.wire {
			t.Errorf("%q after %q: %q, %v; want %q, %v", c.text, c.before, w.buf, err, c.wire, c.err)
		}
	}
}

// A block that needs no change is not copied.
func TestContentIsNotCopied(t *testing.T) {
	block := bytes.Repeat([]byte("0123456789\r\n"), directSize/12+1)
	var at *byte
	w := newContentWriter(func(p []byte) error {
		at = &p[0]
		return nil
	})
	w.stuff = true
	w.Write(block)
	if at != &block[0] {
		t.Error("the block was copied")
	}
}

func TestContentErrorIsPermanent(t *testing.T) {
	w := newContentWriter(func([]byte) error { return io.ErrClosedPipe })
	for range 2 {
		if _, err := w.Write(make([]byte, 1)); err != linefeed.ErrNUL {
			t.Errorf("%v, want %v", err, linefeed.ErrNUL)
		}
	}
	w.out = func(p []byte) error {
		t.Errorf("%d octets were written after an error", len(p))
		return nil
	}
	if _, err := w.Write(bytes.Repeat([]byte("x"), blockSize)); err != linefeed.ErrNUL {
		t.Errorf("%v after an error, want %v", err, linefeed.ErrNUL)
	}
	w = newContentWriter(func([]byte) error { return io.ErrClosedPipe })
	n, err := w.Write(bytes.Repeat([]byte("x"), 3*blockSize))
	if err != io.ErrClosedPipe || n != 0 {
		t.Errorf("%d, %v; want 0, %v", n, err, io.ErrClosedPipe)
	}
}

func FuzzStuffing(f *testing.F) {
	for _, s := range []string{
		"", "a", ".", "\n.\n", "\r\n.\r\n", "\r.\r\n", "a\r", "\x00", "\n\n..\r\n", "\xff\r\n",
		"Subject: x\r\n\r\n.hidden\n..\n",
	} {
		f.Add([]byte(s), uint16(1), uint8(0))
		f.Add([]byte(s), uint16(3), uint8(40))
	}
	f.Fuzz(func(t *testing.T, content []byte, step uint16, repeat uint8) {
		content = bytes.Repeat(content, int(repeat)+1)
		want, wantSize, wantErr := byTheRules(content)
		got, size, err := stuffed(content, func(rest int) int { return min(rest, int(step)+1) }, nil)
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("%v, want %v", err, wantErr)
		}
		if err == nil && (!bytes.Equal(got, want) || size != wantSize) {
			t.Fatalf("%q, %d octets; want %q, %d", got, size, want, wantSize)
		}
	})
}

func BenchmarkContent(b *testing.B) {
	for _, c := range []struct{ name, line string }{
		{"unchanged", strings.Repeat("x", 76) + "\r\n"},
		{"LF", strings.Repeat("x", 76) + "\n"},
		{"dots", "." + strings.Repeat("x", 75) + "\r\n"},
		{"prose", "It was a dark and stormy night. The rain fell in torrents. No.\r\n"},
	} {
		for _, sevenBitOnly := range []bool{false, true} {
			b.Run(fmt.Sprintf("%s/sevenBitOnly=%t", c.name, sevenBitOnly), func(b *testing.B) {
				block := []byte(strings.Repeat(c.line, blockSize/len(c.line)))
				w := newContentWriter(func([]byte) error { return nil })
				w.stuff, w.sevenBitOnly = true, sevenBitOnly
				b.SetBytes(int64(len(block)))
				b.ReportAllocs()
				for b.Loop() {
					if _, err := w.Write(block); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
