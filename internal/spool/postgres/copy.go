package postgres

import (
	"context"
	"encoding/binary"
	"io"
	"strings"
	"time"
)

// stallTime is how long the server may take for a piece of a large message, and then to write
// all of it to the disk. A checkpoint may keep it from that for longer than limit.
const stallTime = 30 * time.Second

// copyRows inserts the first rows of a content. COPY sends them in small pieces, so that no
// row is in memory as a whole.
func (c *conn) copyRows(id string, rows int, content io.ReaderAt) error {
	const header = "PGCOPY\n\xff\r\n\x00" + "\x00\x00\x00\x00" + "\x00\x00\x00\x00"
	const trailer = "\xff\xff"
	parts := []io.Reader{strings.NewReader(header)}
	for n := range rows {
		row := binary.BigEndian.AppendUint16(nil, 3) // columns
		row = append(binary.BigEndian.AppendUint32(row, uint32(len(id))), id...)
		row = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(row, 4), uint32(n))
		row = binary.BigEndian.AppendUint32(row, rowSize)
		parts = append(parts, strings.NewReader(string(row)), io.NewSectionReader(content, int64(n)*rowSize, rowSize))
	}
	parts = append(parts, strings.NewReader(trailer))

	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	timer := time.AfterFunc(stallTime, cancel)
	defer timer.Stop()
	source := io.TeeReader(io.MultiReader(parts...), writerFunc(func(p []byte) (int, error) {
		timer.Reset(stallTime)
		return len(p), nil
	}))
	c.began = time.Now()
	_, err := c.CopyFrom(ctx, source, "COPY mailpipe.content (id, n, data) FROM STDIN (FORMAT binary)")
	return c.store.failed(err)
}

// A writerFunc is an io.Writer.
type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }
