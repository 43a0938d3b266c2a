package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// job is a pipeline of programs.
type job struct {
	Commands [][]string // each the standard input of the next
	Stdin    string     // a file; empty: /dev/null
	Stdout   string     // of the last; empty: /dev/null
	Env      []string
	Times    int // how often it is run; the median counts. 0: once
}

// outcome is how a job ended.
type outcome struct {
	Seconds float64
	Peak    []int64 // KiB of each program
	Error   string
}

// run runs a job in a small process of its own: what wait4 says of a child's
// peak includes the memory of the process that started it, and here an arena
// would be counted.
func (j job) run() (outcome, error) {
	var o outcome
	self, err := os.Executable()
	if err != nil {
		return o, err
	}
	request, err := json.Marshal(j)
	if err != nil {
		return o, err
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), runner+"=1")
	cmd.Stdin = strings.NewReader(string(request))
	cmd.Stderr = os.Stderr
	answer, err := cmd.Output()
	if err != nil {
		return o, err
	}
	if err := json.Unmarshal(answer, &o); err != nil {
		return o, err
	}
	if o.Error != "" {
		return o, fmt.Errorf("%s: %s", j, o.Error)
	}
	return o, nil
}

// String is the job as a shell would have it.
func (j job) String() string {
	var all []string
	for _, words := range j.Commands {
		all = append(all, strings.Join(words, " "))
	}
	return strings.Join(all, " | ")
}

// runner in the environment makes this program run the one job on its
// standard input.
const runner = "MAILPIPE_BENCH_RUNNER"

func runJob() {
	os.Unsetenv(runner) // not for what it starts: that may be this program too
	var j job
	var o outcome
	err := json.NewDecoder(os.Stdin).Decode(&j)
	if err == nil {
		o, err = j.repeat()
	}
	if err != nil {
		o.Error = err.Error()
	}
	_ = json.NewEncoder(os.Stdout).Encode(o)
}

func (j job) repeat() (o outcome, err error) {
	var all []float64
	for range max(j.Times, 1) {
		if o, err = j.measure(); err != nil {
			return o, err
		}
		all = append(all, o.Seconds)
	}
	o.Seconds = median(all)
	return o, nil
}

func (j job) measure() (outcome, error) {
	var o outcome
	stdin, err := os.Open(or(j.Stdin, os.DevNull))
	if err != nil {
		return o, err
	}
	stdout, err := os.OpenFile(or(j.Stdout, os.DevNull), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return o, err
	}
	// A file, since a pipe would cost this process a goroutine and a wake-up for each.
	said, err := os.CreateTemp("", "mailpipe-bench-said")
	if err != nil {
		return o, err
	}
	defer said.Close()
	defer os.Remove(said.Name())
	var commands []*exec.Cmd
	for _, words := range j.Commands {
		cmd := exec.Command(words[0], words[1:]...)
		cmd.Env = append(os.Environ(), j.Env...)
		cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, stdout, said
		commands = append(commands, cmd)
	}
	var ends []io.Closer
	for i := 1; i < len(commands); i++ {
		r, w, err := os.Pipe()
		if err != nil {
			return o, err
		}
		commands[i-1].Stdout, commands[i].Stdin = w, r
		ends = append(ends, r, w)
	}
	began := time.Now()
	for _, cmd := range commands {
		if err := cmd.Start(); err != nil {
			return o, err
		}
	}
	for _, end := range ends {
		end.Close()
	}
	for _, cmd := range commands {
		if err := cmd.Wait(); err != nil {
			words, _ := os.ReadFile(said.Name())
			return o, fmt.Errorf("%w: %s", err, words)
		}
	}
	o.Seconds = time.Since(began).Seconds()
	for _, cmd := range commands {
		o.Peak = append(o.Peak, cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
	}
	return o, nil
}

func or(a, b string) string {
	if a == "" {
		return b
	}
	return a
}
