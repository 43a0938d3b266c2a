package compose

import (
	"io"

	"mailpipe/internal/transfer"
)

const (
	readSize   = 128 << 10 // octets to read at once
	outputSize = 256 << 10 // octets to write at once
)

// newEncoder returns an encoder for the content of one part, which does not close
// out. If hasLines is true, the line endings of the content become those of the
// message. The label and the token are for an identity.
func newEncoder(encoding string, out *transfer.Output, eol string, hasLines bool, label, token string) io.WriteCloser {
	if encoding == "7bit" || encoding == "8bit" {
		return &identity{out: out, eol: eol, label: label, encoding: encoding, stats: newStats(token)}
	}
	return transfer.NewEncoder(encoding, out, transfer.Options{EOL: eol, Lines: hasLines})
}

// newStats returns Stats that know the boundaries of the message.
func newStats(token string) *transfer.Stats {
	if token == "" {
		return new(transfer.Stats)
	}
	return &transfer.Stats{IsDelimiter: func(line []byte) bool { return isDelimiter(line, token) }}
}
