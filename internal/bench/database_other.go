//go:build !linux

package main

// database measures nothing: package pgtest starts its servers on Linux.
func (b *bench) database() error { return nil }
