package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"
)

// A tb lets helpers for tests be used outside of a test. It has only the methods that
// they need.
type tb struct {
	testing.TB
	cleanups []func()
	err      error
}

// errEnded ends what withTB runs.
var errEnded = errors.New("the helper failed")

// withTB calls f, and returns its error or that of a helper.
func withTB(f func(testing.TB) error) (err error) {
	t := new(tb)
	defer func() {
		for _, cleanup := range slices.Backward(t.cleanups) {
			cleanup()
		}
		if t.err != nil {
			err = t.err
		}
	}()
	defer func() {
		if r := recover(); r != nil && r != any(errEnded) {
			panic(r)
		}
	}()
	return f(t)
}

func (t *tb) Helper()                        {}
func (t *tb) Cleanup(f func())               { t.cleanups = append(t.cleanups, f) }
func (t *tb) Failed() bool                   { return t.err != nil }
func (t *tb) Logf(format string, a ...any)   { fmt.Fprintf(os.Stderr, format+"\n", a...) }
func (t *tb) Error(a ...any)                 { t.err = errors.New(fmt.Sprint(a...)) }
func (t *tb) Errorf(format string, a ...any) { t.err = fmt.Errorf(format, a...) }

func (t *tb) Fatal(a ...any) {
	t.Error(a...)
	panic(errEnded)
}

func (t *tb) Fatalf(format string, a ...any) {
	t.Errorf(format, a...)
	panic(errEnded)
}

// Skip ends what runs. It is no error that a program is not installed.
func (t *tb) Skip(a ...any) {
	fmt.Printf("| %s | | | | | |\n", fmt.Sprint(a...))
	panic(errEnded)
}
