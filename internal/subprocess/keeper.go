package subprocess

import (
	"bytes"
	"io"
	"unicode/utf8"

	"mailpipe/internal/buffer"
	"mailpipe/internal/charset"
)

// keeper holds an output up to a number of octets: beyond, its beginning and
// its end. What comes in between is never kept, so a runaway command does not fill the disk.
type keeper struct {
	max  int64 // 0: no limit
	size int64 // octets written, kept or not
	err  error // sticky

	head        *buffer.Store
	older, tail *buffer.Store // each of at most max-max/2; older is full
}

func newKeeper(max int64) *keeper { return &keeper{max: max, head: new(buffer.Store)} }

// Write never fails, for a command must not be killed by it: err tells.
func (k *keeper) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0 && k.err == nil; {
		room, store := k.room()
		if room < 0 || int64(len(rest)) < room {
			room = int64(len(rest))
		}
		_, k.err = store.Write(rest[:room])
		rest = rest[room:]
	}
	k.size += int64(len(p))
	return len(p), nil
}

// room returns the store that is to be written to, and for how many octets; negative: any number.
func (k *keeper) room() (int64, *buffer.Store) {
	if k.max == 0 {
		return -1, k.head
	}
	if left := k.max/2 - k.head.Size(); left > 0 {
		return left, k.head
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
	return limit - k.tail.Size(), k.tail
}

func (k *keeper) close() {
	for _, s := range []*buffer.Store{k.head, k.older, k.tail} {
		if s != nil {
			s.Close()
		}
	}
}

// markMax is at least as long as the line that stands for what was cut.
const markMax = 64

// finish hands what was kept to t.
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
	show := max(k.max-markMax, 0) / 2 // on each side of the mark
	headEnd, err := lineEnd(t.parts[0], show)
	if err != nil {
		return err
	}
	t.parts[0].to = headEnd
	drop := -show
	for _, p := range t.parts[1:] {
		drop += p.to
	}
	for i := 1; i < len(t.parts); i++ {
		p := &t.parts[i]
		p.from = min(drop, p.to)
		drop -= p.from
		if p.from < p.to {
			if p.from, err = lineStart(*p); err != nil {
				return err
			}
			break
		}
	}
	t.Cut = k.size
	for _, p := range t.parts {
		t.Cut -= p.to - p.from
	}
	return nil
}

// near is how far a cut moves to fall between lines.
const near = 4 << 10

// lineEnd returns the end of the last line that ends before end, or of the last
// character where no line does.
func lineEnd(p part, end int64) (int64, error) {
	p.from, p.to = max(end-near, 0), end
	b, err := io.ReadAll(p.reader())
	if err != nil {
		return 0, err
	}
	if i := bytes.LastIndexByte(b, '\n'); i >= 0 {
		return p.from + int64(i) + 1, nil
	}
	return end - int64(charset.IncompleteUTF8(b)), nil
}

// lineStart returns the beginning of the first line of p, or of the first character.
func lineStart(p part) (int64, error) {
	p.to = min(p.to, p.from+near)
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
