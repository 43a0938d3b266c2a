package cli

import (
	"io"

	"mailpipe/internal/oserror"
	"mailpipe/internal/termtext"
)

// opens returns the Open of a compose.Part whose reader is open already.
func opens(r io.Reader) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) {
		if rc, ok := r.(io.ReadCloser); ok {
			return rc, nil
		}
		return io.NopCloser(r), nil
	}
}

// fileError returns the error for a file that cannot be read.
func fileError(path string, err error) *failure {
	return fail(exitNoInput, "%s: %w", pathLine(path), oserror.Reason(err))
}

// createError returns the error for a file or directory that cannot be created.
func createError(path string, err error) *failure {
	return fail(exitCantCreate, "%s: %w", pathLine(path), oserror.Reason(err))
}

// pathLine returns a path for a message, so that an empty one can be seen.
func pathLine(path string) string {
	if path == "" {
		return `""`
	}
	return termtext.Line(path)
}
