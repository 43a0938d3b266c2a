package message

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"
)

// A Holder keeps and checks what is written to it as Read does with Options.Hold,
// however it is cut into writes.
func TestHolder(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	for name, in := range map[string]string{
		"empty":             "",
		"short":             complete + "\nx\n",
		"without a body":    complete + "\n",
		"long":              long,
		"no header":         "hello\n",
		"an unended header": complete,
		"a header too long": complete + strings.Repeat("X: y\n", Lookahead/5) + "\n",
		"a bare CR":         complete + "\na\rb\n",
		"a late bare CR":    long + "a\rb\n",
		"a CR at the end":   long + "\r",
		"a cut multipart":   multipart + "--b\n\n" + long,
		"a long multipart":  longMultipart(2 * Lookahead),
		"octets over 127":   complete + "\né\n",
		"a late octet":      long + "é\n",
		"exactly what is read ahead": complete + "\n" +
			strings.Repeat("x\n", (Lookahead-len(complete))/2+1)[:Lookahead-len(complete)-2] + "\n",
	} {
		want, wantErr := Read(strings.NewReader(in), Options{Hold: true})
		for _, step := range []int{5000, Lookahead - 1, Lookahead, Lookahead + 1, 4 * Lookahead} {
			h := new(Holder)
			for chunk := range slices.Chunk([]byte(in), step) {
				if n, err := h.Write(chunk); n != len(chunk) || err != nil {
					t.Fatalf("%s: wrote %d octets, %v", name, n, err)
				}
			}
			if kept, _ := io.ReadAll(h.Store.Reader()); string(kept) != in {
				t.Errorf("%s, %d at once: kept %d octets of %d", name, step, len(kept), len(in))
			}
			m, err := h.Message(Options{})
			if err != nil || wantErr != nil {
				if err == nil || wantErr == nil || err.Error() != wantErr.Error() {
					t.Errorf("%s, %d at once: %v, want %v", name, step, err, wantErr)
				}
				h.Store.Close()
				continue
			}
			var got, all bytes.Buffer
			m.WriteTo(&got)
			want.WriteTo(&all)
			size, _ := m.Size()
			wantSize, _ := want.Size()
			eightBit, known := m.EightBit()
			wantEightBit, _ := want.EightBit()
			if got.String() != all.String() || size != wantSize || eightBit != wantEightBit || !known {
				t.Errorf("%s, %d at once: %d octets, size %d, 8 bit %v; want %d, %d, %v", name, step,
					got.Len(), size, eightBit, all.Len(), wantSize, wantEightBit)
			}
			m.Close()
		}
		if wantErr == nil {
			want.Close()
		}
	}
}
