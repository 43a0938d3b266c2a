package main

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"mailpipe/internal/testservers"
)

// TestMemory sends up to 4 GiB, also with a spool, sends and lists 10,000 mails that
// wait, and asserts that the peak memory stays below the bound. It runs the
// benchmark as a program, because the peak memory of a test that starts others would
// count as theirs.
func TestMemory(t *testing.T) {
	testservers.NeedTime(t)
	testMemory(t, []string{"-only", "peak memory"}, "| 4096 MiB |",
		"| `deliver --spool` of a pipe, attachment of 4096 MiB |",
		"| `deliver --spool` of a file, attachment of 4096 MiB |", "| `queue list` of 10000 mails |",
		"| `queue flush` of 10000 mails |")
}

// TestMemoryOfRepairs repairs messages with one large part.
func TestMemoryOfRepairs(t *testing.T) {
	testMemory(t, []string{"-only", "peak memory of repairs"}, "| a text of 64 MiB |", "| 20,000 parts |",
		"| 100,000 fields |", "| 40,000 addresses |", "| a Subject of 960 KiB |")
}

func testMemory(t *testing.T, flags []string, rows ...string) {
	t.Helper()
	bench := filepath.Join(t.TempDir(), "bench")
	if out, err := exec.Command("go", "build", "-o", bench, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err := exec.Command(bench, flags...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, row := range rows {
		if !bytes.Contains(out, []byte("\n"+row)) {
			t.Errorf("there is no row %s:\n%s", row, out)
		}
	}
	if strings.Contains(string(out), "missed") {
		t.Errorf("the bound is missed:\n%s", out)
	}
}
