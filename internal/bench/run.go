package main

import (
	"cmp"
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
}

// outcome is how a job ended.
type outcome struct {
	Seconds float64
	Peak    []int64 // KiB of each program
	Error   string
}

// run runs a job.
func (j job) run() (outcome, error) {
	all, err := inTurn(1, j)
	if err != nil {
		return outcome{}, err
	}
	return all[0], nil
}

// inTurn runs jobs times over, A B A B, in a small process of its own: what
// wait4 says of a child's peak includes the memory of the process that started
// it, and here an arena would be counted. The time of each job is the median.
func inTurn(times int, jobs ...job) ([]outcome, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	work, err := json.Marshal(request{times, jobs})
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), runner+"=1")
	cmd.Stdin = strings.NewReader(string(work))
	cmd.Stderr = os.Stderr
	answer, err := cmd.Output()
	if err != nil {
		return nil, err
	}
	var all []outcome
	if err := json.Unmarshal(answer, &all); err != nil {
		return nil, err
	}
	for i, o := range all {
		if o.Error != "" {
			return nil, fmt.Errorf("%s: %s", jobs[i], o.Error)
		}
	}
	return all, nil
}

// request is what the small process reads.
type request struct {
	Times int
	Jobs  []job
}

// String is the job as a shell would have it.
func (j job) String() string {
	var all []string
	for _, words := range j.Commands {
		all = append(all, strings.Join(words, " "))
	}
	return strings.Join(all, " | ")
}

// runner in the environment makes this program run the request on its
// standard input.
const runner = "MAILPIPE_BENCH_RUNNER"

func runJobs() error {
	os.Unsetenv(runner) // not for what it starts: that may be this program too
	var work request
	if err := json.NewDecoder(os.Stdin).Decode(&work); err != nil {
		return err
	}
	all := make([]outcome, len(work.Jobs))
	took := make([][]float64, len(work.Jobs))
	for range work.Times {
		for i, j := range work.Jobs {
			o, err := j.measure()
			if err != nil {
				o.Error = err.Error()
			}
			took[i] = append(took[i], o.Seconds)
			o.Seconds = median(took[i])
			all[i] = o
			if err != nil {
				return json.NewEncoder(os.Stdout).Encode(all)
			}
		}
	}
	return json.NewEncoder(os.Stdout).Encode(all)
}

func (j job) measure() (outcome, error) {
	var o outcome
	stdin, err := os.Open(cmp.Or(j.Stdin, os.DevNull))
	if err != nil {
		return o, err
	}
	stdout, err := os.OpenFile(cmp.Or(j.Stdout, os.DevNull), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
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
		o.Peak = append(o.Peak, int64(cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)) // an int32 on some machines
	}
	return o, nil
}
