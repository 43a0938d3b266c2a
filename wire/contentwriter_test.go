package wire

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
)

// written writes content with a ContentWriter, in pieces of the lengths that cut
// returns.
func written(content []byte, cut func(rest int) int) (out []byte, size int64, err error) {
	var b bytes.Buffer
	w := NewContentWriter(&b)
	for len(content) > 0 && err == nil {
		n := min(cut(len(content)), len(content))
		_, err = w.Write(content[:n])
		content = content[n:]
	}
	if closeErr := w.Close(); err == nil {
		err = closeErr
	}
	return b.Bytes(), w.Size(), err
}

// unstuffed returns what the oracle says without the doubled dots and the last one.
func unstuffed(content []byte) (out []byte, size int64, err error) {
	out, size, err = byTheRules(content)
	if err != nil {
		return nil, 0, err
	}
	out = bytes.TrimSuffix(out, []byte(".\r\n"))
	out = bytes.ReplaceAll(append([]byte("\n"), out...), []byte("\n.."), []byte("\n."))
	return out[1:], size, nil
}

// However the content is cut, the result is what the rules say.
func TestContentWriter(t *testing.T) {
	for _, content := range []string{
		"", "\n", "a", "a\n", "a\r\n", ".\n", "..\r\n.", "a\n.\r\n\n", "\r\n\r\n", "\n.\n", "a\rb", "a\r", "\r\r\n", "a\x00",
		"é\n.é",
	} {
		want, wantSize, wantErr := unstuffed([]byte(content))
		for cuts := range 1 << max(0, len(content)-1) { // bit i: cut after octet i
			at := 0
			cut := func(rest int) int {
				n := 1
				for n < rest && cuts>>(at+n-1)&1 == 0 {
					n++
				}
				at += n
				return n
			}
			got, size, err := written([]byte(content), cut)
			checkWritten(t, content, got, want, size, wantSize, err, wantErr)
		}
	}
}

// The same around the sizes of the buffers.
func TestContentWriterAtEdges(t *testing.T) {
	for _, edge := range []int{directSize, bufferSize, blockSize} {
		for _, end := range []string{"x\n.y", "\n", "\r\n.", "xx\r\n", ".\n\n"} {
			for n := edge - 6; n < edge+6; n++ {
				content := strings.Repeat("0123456789abcd\r\n", n/16) + strings.Repeat("y", n%16) + end
				want, wantSize, wantErr := unstuffed([]byte(content))
				for _, cut := range []func(int) int{whole, randomly, inTwo(edge)} {
					got, size, err := written([]byte(content), cut)
					checkWritten(t, content, got, want, size, wantSize, err, wantErr)
				}
			}
		}
	}
}

func checkWritten(t *testing.T, content string, got, want []byte, size, wantSize int64, err, wantErr error) {
	t.Helper()
	head := content[max(0, len(content)-20):]
	switch {
	case wantErr != nil:
		e := asError(err)
		if !errors.Is(err, wantErr) || e == nil || e.Kind != KindBadMessage || e.Error() != "content: "+wantErr.Error() {
			t.Errorf("%q: %v, want %v", head, err, wantErr)
		}
	case err != nil || !bytes.Equal(got, want) || size != wantSize || size != int64(len(got)):
		t.Errorf("%q: %d octets, size %d, %v; want %d octets", head, len(got), size, err, len(want))
	}
}

// An error of the underlying writer is returned as it is, and is permanent.
func TestContentWriterFails(t *testing.T) {
	full := errors.New("disk full")
	for _, size := range []int{10, 2 * bufferSize} {
		failing := true
		w := NewContentWriter(writerFunc(func(p []byte) (int, error) {
			if failing {
				failing = false
				return 0, full
			}
			return len(p), nil
		}))
		n, err := io.WriteString(w, strings.Repeat("x", size))
		if size > bufferSize && err != full {
			t.Errorf("Write: %d, %v", n, err)
		}
		for range 2 {
			if err := w.Close(); err != full {
				t.Errorf("Close: %v", err)
			}
		}
		if _, err := w.Write([]byte("x\n")); err != full {
			t.Errorf("Write after it: %v", err)
		}
	}
}

// A writerFunc is a writer that is a function.
type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }
