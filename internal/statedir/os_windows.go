package statedir

import "errors"

const noFollow = 0

// Lock returns an error. A lock of Windows keeps others from reading the file, and a
// locked file cannot be renamed or removed.
func (osFile) Lock() (bool, error) { return false, errors.ErrUnsupported }
