//go:build !unix

package spool

import (
	"errors"
	"io/fs"
)

const noFollow = 0

// Lock fails: a spool is not supported on this system.
func (osFile) Lock() (bool, error) { return false, errors.ErrUnsupported }

func ownerOf(fs.FileInfo) (uid int, mine bool) { return -1, true }
