package subprocess

import (
	"bytes"
	"io"
	"math"
	"unicode/utf8"

	"mailpipe/internal/buffer"
	"mailpipe/internal/charset"
)

// A keeper keeps the beginning and the end of an output, in all at most max
// octets. The middle is never kept, so a runaway command does not fill the disk.
type keeper struct {
	max  int64 // 0 means no limit
	size int64 // octets written, kept or not
	err  error // the first error; it stays

	failed func() // called after an error

	head        *buffer.Store // the first max/2 octets
	older, tail *buffer.Store // the last ones, each at most max-max/2; older is full
}

func newKeeper(max int64, failed func()) *keeper {
	return &keeper{max: max, failed: failed, head: new(buffer.Store)}
}

// Write implements io.Writer. After an error nothing is kept.
func (k *keeper) Write(p []byte) (int, error) {
	k.size += int64(len(p))
	for rest := p; len(rest) > 0 && k.err == nil; {
		store, room := k.room()
		n := min(room, int64(len(rest)))
		_, k.err = store.Write(rest[:n])
		rest = rest[n:]
	}
	if k.err != nil {
		k.close()
		k.failed()
		return 0, k.err
	}
	return len(p), nil
}

// room returns the store to write to, and how many octets fit into it.
func (k *keeper) room() (*buffer.Store, int64) {
	if k.max == 0 {
		return k.head, math.MaxInt64
	}
	if left := k.max/2 - k.head.Size(); left > 0 {
		return k.head, left
	}
	limit := k.max - k.max/2
	if k.tail == nil {
		k.tail = new(buffer.Store)
	}
	if k.tail.Size() == limit {
		if k.older == nil {
			k.older = new(buffer.Store)
		}
		k.older, k.tail = k.tail, k.older
		k.tail.Reset()
	}
	return k.tail, limit - k.tail.Size()
}

func (k *keeper) close() {
	for _, s := range []*buffer.Store{k.head, k.older, k.tail} {
		if s != nil {
			s.Close()
		}
	}
}

// maxMark is the greatest length of the line in place of what was left out.
const maxMark = 64

// finish moves what was kept into t. If something was left out, it cuts both sides
// so that they end between lines, and fit into max with the mark between them.
func (k *keeper) finish(t *Text) error {
	t.parts = []part{{k.head, 0, k.head.Size()}}
	for _, s := range []*buffer.Store{k.older, k.tail} {
		if s != nil {
			t.parts = append(t.parts, part{s, 0, s.Size()})
		}
	}
	if k.max == 0 || k.size <= k.max {
		return nil
	}
	side := max(k.max-maxMark, 0) / 2
	head := &t.parts[0]
	end, err := lineEnd(*head, side)
	if err != nil {
		return err
	}
	head.to = end
	if err := keepLast(t.parts[1:], side); err != nil {
		return err
	}
	t.Cut = k.size
	for _, p := range t.parts {
		t.Cut -= p.to - p.from
	}
	return nil
}

// keepLast cuts the parts so that at most their last n octets are left,
// beginning with a line.
func keepLast(parts []part, n int64) error {
	drop := -n
	for _, p := range parts {
		drop += p.to
	}
	for i := range parts {
		p := &parts[i]
		p.from = min(drop, p.to)
		drop -= p.from
		if p.from < p.to {
			start, err := lineStart(*p)
			p.from = start
			return err
		}
	}
	return nil
}

// maxShift is how far a cut is moved to be between lines.
const maxShift = 4 << 10

// lineEnd returns the end of the last whole line of p before end, or of the
// last whole character if there is none.
func lineEnd(p part, end int64) (int64, error) {
	p.from, p.to = max(end-maxShift, 0), end
	b, err := io.ReadAll(p.reader())
	if err != nil {
		return 0, err
	}
	if i := bytes.LastIndexByte(b, '\n'); i >= 0 {
		return p.from + int64(i) + 1, nil
	}
	return end - int64(charset.IncompleteUTF8(b)), nil
}

// lineStart returns the beginning of the first line of p that is whole, or of
// the first character that is whole if there is none.
func lineStart(p part) (int64, error) {
	p.to = min(p.to, p.from+maxShift)
	b, err := io.ReadAll(p.reader())
	if err != nil {
		return 0, err
	}
	if i := bytes.IndexByte(b, '\n'); i >= 0 && i+1 < len(b) {
		return p.from + int64(i) + 1, nil
	}
	for i := 0; i < utf8.UTFMax && i < len(b); i++ {
		if utf8.RuneStart(b[i]) {
			return p.from + int64(i), nil
		}
	}
	return p.from, nil
}
