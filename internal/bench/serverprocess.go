package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"
)

// A serverProcess is a benchServer in another process.
type serverProcess struct {
	addr  string
	cmd   *exec.Cmd
	stdin io.Closer
	out   *json.Decoder
}

// startServer starts a benchServer. See serve.
func (b *bench) startServer(size int64, wait time.Duration) (*serverProcess, error) {
	s := &serverProcess{cmd: exec.Command(b.self, "serve", fmt.Sprint(size), wait.String())}
	s.cmd.Stderr = os.Stderr
	stdin, err := s.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	s.stdin, s.out = stdin, json.NewDecoder(stdout)
	err = s.out.Decode(&s.addr)
	return s, err
}

// next returns the next mail that the server received.
func (s *serverProcess) next() (r received, err error) {
	err = s.out.Decode(&r)
	return r, err
}

func (s *serverProcess) stop() {
	s.stdin.Close()
	_ = s.cmd.Wait()
}
