package main

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"mailpipe/internal/testservers"
)

// TestMemory sends up to 4 GiB and asserts that the peak memory stays below the
// bound. It runs the benchmark as a program, because the peak memory of a test
// that starts others would count as theirs.
func TestMemory(t *testing.T) {
	testservers.NeedTime(t)
	bench := filepath.Join(t.TempDir(), "bench")
	if out, err := exec.Command("go", "build", "-o", bench, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err := exec.Command(bench, "-only", "peak memory").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if !bytes.Contains(out, []byte("\n| 4096 MiB |")) || strings.Contains(string(out), "missed") {
		t.Errorf("the bound is missed:\n%s", out)
	}
}
