package compose

import "io"

// blockSize is what is read at once. Small blocks stay in the cache of the
// processor; several let reading and encoding take turns at being late.
const (
	blockSize  = 128 << 10
	blockCount = 6
)

// blocks hands the content of parts out in large pieces. The zero value is
// ready; its buffers serve part after part.
type blocks struct{ bufs [blockCount][]byte }

func (b *blocks) buf(i int) []byte {
	if b.bufs[i] == nil {
		b.bufs[i] = make([]byte, blockSize)
	}
	return b.bufs[i]
}

// each calls f with all of r, which reads s, piece by piece. What is longer
// than a block is read ahead by a second goroutine, which has ended when each
// returns. A pipe is not: its producer works at the same time anyway, and a
// read that waits for it could not be called off. A panic of r is each's own.
func (b *blocks) each(s *source, r io.Reader, f func([]byte) error) error {
	if s.size-s.read <= blockSize {
		return b.inTurn(r, f)
	}
	return b.ahead(r, f)
}

func (b *blocks) inTurn(r io.Reader, f func([]byte) error) error {
	buf := b.buf(0)
	for {
		n, err := r.Read(buf)
		if n > 0 {
			if err := f(buf[:n]); err != nil {
				return err
			}
		}
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
	}
}

func (b *blocks) ahead(r io.Reader, f func([]byte) error) (err error) {
	type block struct {
		data  []byte
		err   error
		panic any
	}
	full := make(chan block, blockCount-2) // one is being filled, one emptied
	free := make(chan []byte, len(b.bufs))
	for i := range b.bufs {
		free <- b.buf(i)
	}
	go func() {
		defer close(full)
		defer func() {
			if p := recover(); p != nil {
				full <- block{panic: p}
			}
		}()
		for buf := range free {
			n, err := readFull(r, buf)
			full <- block{data: buf[:n], err: err}
			if err != nil {
				return
			}
		}
	}()
	for blk := range full {
		if blk.panic != nil {
			panic(blk.panic)
		}
		if err != nil {
			continue // drained, so that the reader ends
		}
		if len(blk.data) > 0 {
			err = f(blk.data)
		}
		switch {
		case err != nil:
			close(free)
		case blk.err == nil:
			free <- blk.data[:blockSize]
		case blk.err != io.EOF:
			err = blk.err
		}
	}
	return err
}
