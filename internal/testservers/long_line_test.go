//go:build linux

package testservers

import (
	"bufio"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// A line of 256 MiB, without a header, arrives in encoded lines.
func TestLongLine(t *testing.T) {
	t.Parallel()
	NeedTime(t)
	Need(t, "python3")
	w := builtWorkspace(t)
	server := startBuiltSink(t, w)
	w.write(".config/mailpipe/config.toml", fmt.Sprintf(
		"[accounts.x]\nserver = \"smtp://%s\"\nfrom = \"x@example.org\"\n[sendmail]\nlog = \"~/log\"\n", server))
	w.checkPeak(`head -c 256M /dev/zero | tr '\0' x`, "mailpipe sendmail "+bob).want(t, 0)
	var size int
	log := w.read("log")
	_, err := fmt.Sscanf(log[max(0, strings.Index(log, " size=")):], " size=%d code=250 status=0 ", &size)
	if err != nil || size < 256<<20 || !strings.Contains(log, " repaired=text,quoted-printable,") {
		t.Errorf("%v, %s", err, log)
	}
}

// startBuiltSink starts a sink that discards its mail, and returns its address. One in
// this process would be slow under the race detector.
func startBuiltSink(t *testing.T, w workspace) string {
	t.Helper()
	cmd := w.command(w.program(), "sink", "--listen", "127.0.0.1:0")
	stderr, err := cmd.StderrPipe()
	if err = errors.Join(err, cmd.Start()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	line, err := bufio.NewReader(stderr).ReadString('\n')
	_, address, found := strings.Cut(line, "listening on ")
	if !found {
		t.Fatalf("%q, %v", line, err)
	}
	return strings.TrimSpace(address)
}
