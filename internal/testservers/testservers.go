// Package testservers starts real mail servers for tests and finds the programs
// that tests compare with. Every server runs in namespaces of its own, as
// root, with configuration, spool and log in a temporary directory, and ends
// with the test that started it.
package testservers

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

// What the servers of this package do with certain addresses and mails.
const (
	Domain     = "example.org"      // everybody here has a box
	Gone       = "gone@example.org" // 550 to RCPT
	Busy       = "busy@example.org" // 450 to RCPT
	BadSender  = "spam@example.net" // refused as a sender
	LateSender = "late@example.net" // what he sends is refused after the dot
	SizeMax    = 40 << 20           // the largest mail

	User, Password = "alice", "Sésame, ouvre-toi"
)

// required is the environment variable that makes a missing program a failure.
const required = "MAILPIPE_TEST_PEERS"

// Need skips the test, with a word, when one of the programs is not
// installed; when MAILPIPE_TEST_PEERS=require is set it fails.
func Need(t testing.TB, programs ...string) {
	t.Helper()
	for _, program := range programs {
		if find(program) == "" {
			miss(t, program+" is not installed")
		}
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

// Find returns the path of a program that Need found.
func Find(t testing.TB, program string) string {
	t.Helper()
	Need(t, program)
	return find(program)
}

func miss(t testing.TB, why string) {
	t.Helper()
	if os.Getenv(required) == "require" {
		t.Fatalf("%s, and %s=require is set", why, required)
	}
	t.Skip(why)
}

// find looks where Debian installs servers too, and where .ci/peers unpacks
// what cannot be installed.
func find(program string) string {
	if path, err := exec.LookPath(program); err == nil {
		return path
	}
	for _, dir := range []string{"/usr/sbin", "/usr/libexec", filepath.Join(unpacked(), "usr/sbin")} {
		path := filepath.Join(dir, program)
		if info, err := os.Stat(path); err == nil && info.Mode()&0o111 != 0 {
			return path
		}
	}
	return ""
}

// unpacked is the folder that .ci/peers fills.
func unpacked() string { return filepath.Join(Root(), "testdata/peers") }

// Root is the top folder of the project.
func Root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "../..")
}

// needRoot skips or fails where the test may not make namespaces.
func needRoot(t testing.TB) {
	t.Helper()
	if os.Geteuid() != 0 {
		miss(t, "servers are started by root only")
	}
}
