package writebehind

import "io"

// A Counter counts the octets that W accepts.
type Counter struct {
	W io.Writer
	N int64
}

// Write writes p to W. It returns io.ErrShortWrite if W writes less without an error.
func (c *Counter) Write(p []byte) (int, error) {
	n, err := c.W.Write(p)
	c.N += int64(n)
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	return n, err
}
