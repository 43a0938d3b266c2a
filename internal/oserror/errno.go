package oserror

import (
	"errors"
	"slices"
)

// Refused reports whether err means that no program listens at an address.
func Refused(err error) bool { return isAny(err, refused) }

// Reset reports whether err means that the peer ended a connection.
func Reset(err error) bool { return isAny(err, reset) }

// BrokenPipe reports whether err means that the reader of a pipe is gone.
func BrokenPipe(err error) bool { return isAny(err, brokenPipe) }

func isAny(err error, list []error) bool {
	return slices.ContainsFunc(list, func(target error) bool { return errors.Is(err, target) })
}
