//go:build linux

package sharedspool

import (
	"io"
	"strconv"
	"strings"
	"testing"

	"mailpipe/internal/pgtest"
	"mailpipe/internal/testservers"
)

// maxMemory is the memory that mailpipe may use, in KiB.
const maxMemory = 24 << 10

// TestLargeMessage stores and sends a large message in constant memory. With
// MAILPIPE_TEST_MIB=1024 it has 1 GiB.
func TestLargeMessage(t *testing.T) {
	t.Parallel()
	testservers.Need(t, "python3")
	size := int64(number(t, "MAILPIPE_TEST_MIB", 256, 64)) << 20
	s := newSite(t, pgtest.Start(t, "max_wal_size=4GB"))
	arrived := int64(0)
	m := s.newMachine(s.spool, s.startSink(t, func(_ string, mail io.Reader) {
		arrived, _ = io.Copy(io.Discard, mail)
	}))
	store := m.command(deliver+recipient(1), measured...)
	store.Stdin = io.MultiReader(strings.NewReader("Subject: large\n\n"), io.LimitReader(lines{}, size))
	stored := <-start(t, store)
	checkPeak(t, "deliver", stored)
	s.produced(recipient(1), stored)
	checkPeak(t, "queue flush", <-start(t, m.command("queue flush", measured...)))
	if arrived < size {
		t.Errorf("%d octets arrived, want %d", arrived, size)
	}
	t.Log(s.sendRest())
}

// lines is a text without an end.
type lines struct{}

var text = []byte(strings.Repeat("a line of text, of about as many octets as most lines have\n", 1000))

func (lines) Read(p []byte) (int, error) {
	return copy(p, text), nil // the length of a line need not be right
}

// measured begins a command whose peak memory is printed, in KiB. Python starts it,
// because the peak memory of the test would count as that of its child processes.
var measured = []string{"python3", "-c", `import resource, subprocess, sys
status = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(status)`}

// checkPeak checks the result of a measured command.
func checkPeak(t testing.TB, name string, r result) {
	t.Helper()
	peak, err := strconv.Atoi(strings.TrimSpace(r.out))
	if r.code != 0 || err != nil || peak < 1024 || peak > maxMemory {
		t.Errorf("%s: exit status %d, a peak of %q KiB, want at most %d: %s", name, r.code, r.out, maxMemory, r.err)
	}
	t.Logf("%s: a peak of %.1f MiB", name, float64(peak)/1024)
}
