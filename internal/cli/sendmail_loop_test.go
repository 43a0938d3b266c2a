package cli

import (
	"bufio"
	"context"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mailpipe/internal/testservers"
)

// A mail ends, with a reason, if the server of sendmail is the socket for which
// systemd starts this sendmail.
func TestOwnSocket(t *testing.T) {
	testservers.Need(t, "systemd-socket-activate")
	socket := filepath.Join(t.TempDir(), "submit")
	h := newHost(t, `server = "smtp+unix:`+socket+`"`)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	listener := exec.CommandContext(ctx, "systemd-socket-activate", "--accept", "--inetd", "-l", socket,
		"-E", "HOME="+h.dir, h.sendmail, "-bs")
	stderr, err := listener.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := listener.Start(); err != nil {
		t.Fatal(err)
	}
	defer listener.Wait()
	defer cancel()
	lines := bufio.NewReader(stderr)
	if line, err := lines.ReadString('\n'); !strings.HasPrefix(line, "Listening on ") {
		t.Fatalf("%q, %v", line, err)
	}
	go io.Copy(io.Discard, lines)

	r := dropInRun{dir: h.dir, stdin: plainMail}
	code, _, output := r.run(t, h.sendmail, "-t")
	const why = "554 5.4.6 more than 25 Received fields: the mail is in a loop"
	if code != exitUnavailable || !strings.Contains(output, why) {
		t.Errorf("exit status %d, %s", code, output)
	}
	log := h.log(t)
	if n := strings.Count(log, "\n"); n != 27 || strings.Count(log, `reply="5.4.6 more than`) != 26 {
		t.Errorf("%d lines\n%s", n, log)
	}
}
