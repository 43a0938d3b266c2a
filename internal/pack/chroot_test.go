//go:build linux

package main

import (
	"context"
	"crypto/tls"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"mailpipe/internal/sink"
	"mailpipe/internal/testservers"
)

// TestChroot runs the program in a directory with nothing else, as in a container
// without an image.
func TestChroot(t *testing.T) {
	testservers.NeedRoot(t)
	t.Chdir("../..")
	dir, box := t.TempDir(), t.TempDir()
	if err := build(native, filepath.Join(dir, "mailpipe")); err != nil {
		t.Fatal(err)
	}
	authority := testservers.Issue(nil, testservers.Authority)
	cert := testservers.Issue(&authority, nil)
	ca, _ := testservers.PEM(authority)
	plain := serve(t, sink.Options{Dir: box})
	secure := serve(t, sink.Options{Dir: box, TLS: &tls.Config{Certificates: []tls.Certificate{cert}}})

	send := func(args ...string) (status int, messages string) {
		t.Helper()
		args = append([]string{"send", "-f", "a@example.org", "-t", "b@example.org"}, args...)
		cmd := inRoot(t, dir, "/mailpipe", args...)
		cmd.Stdin = strings.NewReader("text\n")
		out, _ := cmd.CombinedOutput()
		return cmd.ProcessState.ExitCode(), string(out)
	}
	if status, messages := send("-S", "smtp://"+plain); status != 0 || messages != "" {
		t.Errorf("without TLS: %d %s", status, messages)
	}
	required := []string{"-S", "smtp://" + secure, "--tls", "required"}
	status, messages := send(required...)
	if status != 77 {
		t.Errorf("with TLS: %d", status)
	}
	for _, words := range []string{"this machine has no certificates", "--tls-ca", "/etc/ssl/certs"} {
		if !strings.Contains(messages, words) {
			t.Errorf("with TLS: %q is missing in:\n%s", words, messages)
		}
	}
	write(t, filepath.Join(dir, "ca.pem"), string(ca))
	if status, messages := send(append(required, "--tls-ca", "ca.pem")...); status != 0 || messages != "" {
		t.Errorf("with --tls-ca: %d %s", status, messages)
	}
	write(t, filepath.Join(dir, "etc/ssl/certs/ca-certificates.crt"), string(ca))
	if status, messages := send(required...); status != 0 || messages != "" {
		t.Errorf("with /etc/ssl/certs: %d %s", status, messages)
	}
	arrived(t, box, 3)
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 3 { // mailpipe, ca.pem, etc
		t.Errorf("%v, %v", entries, err)
	}
}

// inRoot returns a command in another root directory, without an environment.
func inRoot(t *testing.T, root, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir = "/"
	cmd.Env = []string{}
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: root}
	return cmd
}

// serve starts a sink on loopback and returns its address.
func serve(t *testing.T, opt sink.Options) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := sink.Serve(ctx, l, opt); err != nil {
			t.Error(err)
		}
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	return l.Addr().String()
}
