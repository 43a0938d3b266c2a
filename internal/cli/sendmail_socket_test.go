package cli

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Users of the host submit to a socket, for which systemd starts sendmail -bs.
func TestSocket(t *testing.T) {
	h := newHost(t, "")
	program := filepath.Join(h.dir, "mailpipe")
	if err := os.Rename(h.sendmail, program); err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(h.dir, "submit")
	if _, err := exec.LookPath("systemd-socket-activate"); err != nil {
		t.Skip(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	server := exec.CommandContext(ctx, "systemd-socket-activate", "--accept", "--inetd", "-l", socket,
		"-E", "HOME="+h.dir, program, "sendmail", "-bs")
	server.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + h.dir}
	stderr, err := server.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	defer server.Wait()
	defer cancel()
	if _, err := bufio.NewReader(stderr).ReadString('\n'); err != nil { // Listening on
		t.Fatal(err)
	}
	go io.Copy(io.Discard, stderr)
	r := dropInRun{dir: t.TempDir(), stdin: "From: root@localhost\nTo: bob@example.org\nSubject: x\n\ntext\n"}
	code, _, output := r.run(t, "mailpipe", "deliver", "-S", "smtp+unix:"+socket)
	if code != 0 {
		t.Fatalf("exit status %d, %s", code, output)
	}
	e := h.mail(t)
	for _, c := range [][2]string{
		{e.GetHeader("Return-Path"), "<" + accountFrom + ">"},
		{e.GetHeader("Delivered-To"), "bob@example.org"},
		{strings.TrimSpace(e.Text), "text"},
	} {
		if c[0] != c[1] {
			t.Errorf("got %q, want %q", c[0], c[1])
		}
	}
}
