package message

import "io"

// behind writes a block while the next one is made ready. What Write is given
// must stay as it is until the next Write, or close, returns.
type behind struct {
	blocks chan []byte
	done   chan error // of each block
	busy   bool       // one is being written
	err    error
}

// newBehind starts a goroutine, which close ends.
func newBehind(w io.Writer) *behind {
	b := &behind{blocks: make(chan []byte), done: make(chan error)}
	go func() {
		for p := range b.blocks {
			n, err := w.Write(p)
			if err == nil && n < len(p) {
				err = io.ErrShortWrite
			}
			b.done <- err
		}
	}()
	return b
}

// Write waits for the block before, and returns its error, which is final.
func (b *behind) Write(p []byte) (int, error) {
	if err := b.wait(); err != nil {
		return 0, err
	}
	b.busy = true
	b.blocks <- p
	return len(p), nil
}

func (b *behind) wait() error {
	if b.busy {
		b.busy = false
		b.err = <-b.done
	}
	return b.err
}

// close waits for the last block and returns the error of all.
func (b *behind) close() error {
	defer close(b.blocks)
	return b.wait()
}
