package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// A nullmailer is the program of this name, which .ci/peers unpacks, with a
// directory of its own. See makeNullmailer.
type nullmailer struct{ dir string }

// unpackedNullmailer is where .ci/peers unpacks nullmailer, seen from the top of
// the project, where the benchmark is started.
const unpackedNullmailer = "testdata/peers/nullmailer"

// makeNullmailer makes a nullmailer that sends to a server.
func (b *bench) makeNullmailer(name, server string) (*nullmailer, error) {
	n := &nullmailer{b.path(name)}
	for _, dir := range []string{"conf", "queue/queue", "queue/tmp", "queue/failed"} {
		if err := os.MkdirAll(filepath.Join(n.dir, dir), 0o700); err != nil {
			return nil, err
		}
	}
	host, port, _ := strings.Cut(server, ":")
	for name, text := range map[string]string{
		"conf/remotes": fmt.Sprintf("%s smtp --port=%s\n", host, port),
		"mailname":     "bench.example.org\n",
	} {
		if err := os.WriteFile(filepath.Join(n.dir, name), []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	// A copy of the programs, because CopyFS does not keep the setuid bit of
	// nullmailer-queue, which would run as another user.
	for dir, from := range map[string]string{"bin": "usr/bin", "sbin": "usr/sbin", "protocols": "usr/lib/nullmailer"} {
		err := os.CopyFS(filepath.Join(n.dir, dir), os.DirFS(filepath.Join(unpackedNullmailer, from)))
		if err != nil {
			return nil, err
		}
	}
	return n, exec.Command("mkfifo", "-m", "600", filepath.Join(n.dir, "queue/trigger")).Run()
}

// hasNullmailer reports whether .ci/peers has unpacked nullmailer.
func hasNullmailer() bool {
	_, err := os.Stat(filepath.Join(unpackedNullmailer, "usr/sbin/nullmailer-send"))
	return err == nil
}

func (n *nullmailer) env() []string { return []string{"NULLMAILER_TEST_PREFIX=" + n.dir} }

// inject returns a job that puts a mail into the queue.
func (n *nullmailer) inject(mail string) job {
	j := reading(mail, []string{filepath.Join(n.dir, "bin/nullmailer-inject"), "-f", from, to})
	j.env = n.env()
	return j
}

// fill makes n copies of a message for the queue, and returns their directory.
func (n *nullmailer) fill(mail string, count int) (string, error) {
	if _, _, err := n.inject(mail).run(); err != nil {
		return "", err
	}
	all, err := filepath.Glob(filepath.Join(n.queue(), "*"))
	if err != nil || len(all) != 1 {
		return "", fmt.Errorf("nullmailer queued %d messages, %v", len(all), err)
	}
	text, err := os.ReadFile(all[0])
	if err != nil {
		return "", err
	}
	filled := filepath.Join(n.dir, "filled")
	if err := os.Mkdir(filled, 0o700); err != nil {
		return "", err
	}
	for i := range count {
		if err := os.WriteFile(filepath.Join(filled, fmt.Sprintf("1700000000.%06d", i)), text, 0o600); err != nil {
			return "", err
		}
	}
	return filled, nil
}

// queue returns the directory of the messages.
func (n *nullmailer) queue() string { return filepath.Join(n.dir, "queue/queue") }

// send returns a job that sends what is in the queue. The daemon does not end by
// itself.
func (n *nullmailer) send() job {
	return job{commands: [][]string{{filepath.Join(n.dir, "sbin/nullmailer-send")}}, env: n.env()}
}
