//go:build linux

// Package sharedspool has the tests of the spool that many machines share. They run
// mailpipe as producers and workers, with servers of PostgreSQL, and kill, stop and
// crowd both.
package sharedspool

import (
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"mailpipe/internal/testservers"
)

// programs is the directory of the program.
var programs string

func TestMain(m *testing.M) {
	var err error
	if programs, err = os.MkdirTemp("", "mp"); err != nil {
		panic(err)
	}
	if isLong() { // then two tests wait for the end of leases, and need no processor for that
		flag.Parse()
		err = flag.Set("test.parallel", "8")
	}
	if err != nil {
		panic(err)
	}
	code := m.Run()
	os.RemoveAll(programs)
	os.Exit(code)
}

var build = sync.OnceValues(func() (program string, err error) {
	return testservers.Build(filepath.Join(programs, "mailpipe"))
})

// buildProgram builds mailpipe once, as users do, without the race detector.
func buildProgram(t testing.TB) string {
	t.Helper()
	testservers.Need(t, "go")
	program, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return program
}

// isLong reports whether tests may take minutes.
func isLong() bool { return os.Getenv("MAILPIPE_TEST_LONG") != "" }

// number returns how much a test does: what the environment variable says, else the
// number for a test that may take minutes, or a smaller one.
func number(t testing.TB, env string, long, short int) int {
	t.Helper()
	if text := os.Getenv(env); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatalf("%s: %v", env, err)
		}
		return n
	}
	if isLong() {
		return long
	}
	return short
}

// limit is how long a process may take for anything.
const limit = time.Minute

// wait calls done until it returns true.
func wait(t testing.TB, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(limit); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("after %v, this is not so: %s", limit, what)
		}
	}
}
