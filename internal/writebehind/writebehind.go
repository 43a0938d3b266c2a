// Package writebehind writes one block in a second goroutine while the next one
// is made, and counts what is written.
package writebehind

import "io"

// Copy copies r to w in blocks of up to size octets, and calls look with each
// block before it is written. A second goroutine writes one block while this one
// reads and looks at the next. An error is that of look, r or w.
func Copy(w io.Writer, r io.Reader, size int, look func(block []byte) error) error {
	return Run(w, func(w io.Writer) error {
		block, other := make([]byte, size), make([]byte, size)
		for {
			n, readErr := r.Read(block)
			if err := look(block[:n]); err != nil {
				return err
			}
			if _, err := w.Write(block[:n]); err != nil {
				return err
			}
			block, other = other, block
			switch readErr {
			case nil:
			case io.EOF:
				return nil
			default:
				return readErr
			}
		}
	})
}

// Run calls f with a writer that writes to w in a second goroutine, and returns
// when everything is written. An error or a panic is the one that would come
// first with one goroutine: that of w, or else that of f.
//
// Write returns before a block is written, so f must not change the block until
// it has written the next one: it uses two blocks in turn.
func Run(w io.Writer, f func(w io.Writer) error) (err error) {
	b := &writer{blocks: make(chan []byte), results: make(chan result, 1)}
	b.results <- result{} // no block is being written
	go b.write(w)
	defer func() {
		close(b.blocks)
		if writeErr := b.wait(); writeErr != nil {
			err = writeErr
		}
	}()
	return f(b)
}

// A writer owns a block from when it is sent on blocks until its result is
// received from results.
type writer struct {
	blocks  chan []byte
	results chan result
}

type result struct {
	err   error
	panic any
}

// Write waits until the last block is written, and begins to write p. An error is
// that of the last block; p is not written then.
func (b *writer) Write(p []byte) (int, error) {
	if err := b.wait(); err != nil {
		b.results <- result{err: err}
		return 0, err
	}
	b.blocks <- p
	return len(p), nil
}

// wait returns the error of the last block, when that is written.
func (b *writer) wait() error {
	r := <-b.results
	if r.panic != nil {
		b.results <- result{}
		panic(r.panic)
	}
	return r.err
}

func (b *writer) write(w io.Writer) {
	for p := range b.blocks {
		b.results <- writeBlock(w, p)
	}
}

func writeBlock(w io.Writer, p []byte) (r result) {
	defer func() { r.panic = recover() }()
	n, err := w.Write(p)
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	return result{err: err}
}
