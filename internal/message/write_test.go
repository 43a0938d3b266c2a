package message

import (
	"bytes"
	"strings"
	"testing"

	"mailpipe/internal/linefeed"
)

// A blockWriter keeps what is written to it, and notes what was checked.
type blockWriter struct {
	bytes.Buffer
	checked, ends, bareLFs int
}

func (w *blockWriter) WriteBlock(b linefeed.Block) error {
	w.checked += len(b.Text)
	w.ends += len(b.Ends)
	w.bareLFs += b.BareLFs
	_, err := w.Write(b.Text)
	return err
}

// What is read while it is written need not be checked again.
func TestStreamWritesBlocks(t *testing.T) {
	head := complete + "\n" + strings.Repeat("x\n", Lookahead/2)
	for _, body := range []string{strings.Repeat("text\n", 1e5), strings.Repeat("text\r\n", 1e5) + "a\n"} {
		in := head + body
		m, err := Read(strings.NewReader(in), Options{})
		if err != nil {
			t.Fatal(err)
		}
		var w blockWriter
		n, err := m.WriteTo(&w)
		if err != nil || n != int64(len(in)) || w.String() != in {
			t.Errorf("%d octets of %d, %v", n, len(in), err)
		}
		rest := in[Lookahead+1:]
		ends, crlfs := strings.Count(rest, "\n"), strings.Count(rest, "\r\n")
		if w.checked != len(rest) || w.ends != ends || w.bareLFs != ends-crlfs {
			t.Errorf("%d octets of %d were checked, with %d LFs of which %d are bare; want %d, %d",
				w.checked, len(rest), w.ends, w.bareLFs, ends, ends-crlfs)
		}
	}
}
