//go:build !cgo || !unix

package atstart

// Known tells whether the program could look.
const Known = false

func sigterm() bool { return false }

func closed(uintptr) bool { return false }
