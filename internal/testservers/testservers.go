// Package testservers is for tests: it finds the programs that tests run and
// makes certificates. Its own tests run mailpipe with mail servers, and have mail
// programs read what it wrote.
package testservers

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"
)

// required is the environment variable that makes a missing program a failure.
const required = "MAILPIPE_TEST_PEERS"

// Need skips the test if one of the programs is not installed. If
// MAILPIPE_TEST_PEERS=require is set, the test fails instead.
func Need(t testing.TB, programs ...string) {
	t.Helper()
	for _, program := range programs {
		Path(t, program)
	}
}

// Path returns the path of a program that the test needs, as Need does.
func Path(t testing.TB, program string) string {
	t.Helper()
	path := find(program)
	if path == "" {
		skip(t, program+" is not installed")
	}
	return path
}

// Build builds mailpipe as users do, without the race detector, and returns program, which
// is the path that it gets. The caller is a test of a package in internal.
func Build(program string) (string, error) {
	cmd := exec.Command("go", "build", "-buildvcs=false", "-o", program, ".")
	cmd.Dir = "../.."
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return program, nil
}

// NeedFiles skips the test, or fails it as Need does, if no file matches the pattern.
// A script writes these files.
func NeedFiles(t testing.TB, pattern, script string) {
	t.Helper()
	if names, _ := filepath.Glob(pattern); len(names) == 0 {
		skip(t, pattern+" is missing: run "+script)
	}
}

// NeedTime skips a test that takes minutes, such as one that streams gigabytes,
// unless MAILPIPE_TEST_LONG is set.
func NeedTime(t testing.TB) {
	t.Helper()
	if os.Getenv("MAILPIPE_TEST_LONG") == "" {
		t.Skip("takes minutes: set MAILPIPE_TEST_LONG to run it")
	}
}

// NeedRoot skips the test, or fails it as Need does, if it is not run by root.
func NeedRoot(t testing.TB) {
	t.Helper()
	if os.Geteuid() != 0 {
		skip(t, "needs root")
	}
}

// skip skips the test, or fails it if what is missing is required.
func skip(t testing.TB, why string) {
	t.Helper()
	if os.Getenv(required) == "require" {
		t.Fatalf("%s, and %s=require is set", why, required)
	}
	t.Skip(why)
}

// find returns the path of a program, or "". It also looks where Debian installs
// servers, and where .ci/peers unpacks what cannot be installed.
func find(program string) string {
	if path, err := exec.LookPath(program); err == nil {
		return path
	}
	peers := unpacked()
	dirs := []string{"/usr/sbin", "/usr/libexec", filepath.Join(peers, "usr/sbin"), filepath.Join(peers, "usr/bin")}
	postgres, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	for _, dir := range append(dirs, postgres...) {
		path := filepath.Join(dir, program)
		info, err := os.Stat(path)
		if err == nil && info.Mode()&0o111 != 0 {
			return path
		}
	}
	return ""
}

// unpacked returns the directory that .ci/peers fills.
func unpacked() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "../../testdata/peers")
}

// FreePort returns a port of 127.0.0.1 on which no process listens.
func FreePort(t testing.TB) string {
	t.Helper()
	return freePort(t, "127.0.0.1")
}

// freePort returns a port of an address on which no process listens, and which this
// process did not get before. It is below the ports that the system gives to
// clients, so that no client of another test can take it before the server does.
func freePort(t testing.TB, address string) string {
	t.Helper()
	for range 100 {
		port := strconv.Itoa(20000 + int((firstPort+portsUsed.Add(1))%10000))
		l, err := net.Listen("tcp", net.JoinHostPort(address, port))
		if err == nil {
			l.Close()
			return port
		}
	}
	t.Fatal("no free port found")
	return ""
}

// The first port is a random one, because other processes look for ports too.
var (
	firstPort = rand.Uint32N(10000)
	portsUsed atomic.Uint32
)
