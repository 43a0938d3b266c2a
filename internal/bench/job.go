package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"time"
)

// A job is a pipeline of commands.
type job struct {
	commands      [][]string
	stdin, stdout string       // files; empty means /dev/null
	env           []string     // besides that of this process
	before        func() error // if not nil, is called first; its time does not count
	until         func() error // if not nil, waits for the end of the work, which then ends the commands too
}

// pipeline returns a job whose first command reads from /dev/null.
func pipeline(commands ...[]string) job { return job{commands: commands} }

// reading returns a job of one command that reads a file.
func reading(file string, command []string) job {
	return job{commands: [][]string{command}, stdin: file}
}

// String returns the job as a shell shows it.
func (j job) String() string {
	var all []string
	for _, words := range j.commands {
		all = append(all, strings.Join(words, " "))
	}
	return strings.Join(all, " | ")
}

// missing returns the name of a program that is not installed, or "".
func (j job) missing() string {
	for _, words := range j.commands {
		if _, err := exec.LookPath(words[0]); err != nil {
			return words[0]
		}
	}
	return ""
}

// run runs the job. It returns how long that took and the peak memory of each
// command in KiB.
func (j job) run() (seconds float64, peaks []int64, err error) {
	if j.before != nil {
		if err := j.before(); err != nil {
			return 0, nil, err
		}
	}
	stdin, err := os.Open(cmp.Or(j.stdin, os.DevNull))
	if err != nil {
		return 0, nil, err
	}
	defer stdin.Close()
	stdout, err := os.OpenFile(cmp.Or(j.stdout, os.DevNull), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return 0, nil, err
	}
	defer stdout.Close()
	// A file, because reading a pipe would take time from the commands.
	stderr, err := os.CreateTemp("", "mailpipe-bench-stderr")
	if err != nil {
		return 0, nil, err
	}
	defer stderr.Close()
	defer os.Remove(stderr.Name())

	var all []*exec.Cmd
	var pipes []io.Closer
	for i, words := range j.commands {
		cmd := exec.Command(words[0], words[1:]...)
		cmd.Env = append(os.Environ(), j.env...)
		cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, stdout, stderr
		if i > 0 {
			r, w, err := os.Pipe()
			if err != nil {
				return 0, nil, err
			}
			all[i-1].Stdout, cmd.Stdin = w, r
			pipes = append(pipes, r, w)
		}
		all = append(all, cmd)
	}
	start := time.Now()
	for _, cmd := range all {
		if err := cmd.Start(); err != nil {
			return 0, nil, err
		}
	}
	for _, end := range pipes {
		end.Close()
	}
	if j.until != nil {
		err := j.until()
		seconds = time.Since(start).Seconds()
		for _, cmd := range all {
			_ = cmd.Process.Kill() // a daemon does not end by itself
			_ = cmd.Wait()
		}
		return seconds, nil, err
	}
	for _, cmd := range all {
		if err := cmd.Wait(); err != nil {
			text, _ := os.ReadFile(stderr.Name())
			return 0, nil, fmt.Errorf("%s: %w: %s", j, err, text)
		}
		usage := reflect.ValueOf(cmd.ProcessState.SysUsage()).Elem() // a *syscall.Rusage, which Windows does not have
		peaks = append(peaks, usage.FieldByName("Maxrss").Int())
	}
	return time.Since(start).Seconds(), peaks, nil
}
