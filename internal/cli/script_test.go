package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"mailpipe/internal/sink"
)

var update = flag.Bool("update", false, "rewrite the files that cmp compares with")

// scriptPrograms are the programs that the test binary provides to scripts, by name.
var scriptPrograms = map[string]func(){"stand-in-dns": serveDNS}

func TestMain(m *testing.M) {
	run := func() {
		if os.Getenv("SHORT_PAUSES") != "" {
			firstPause, maxPause = 20*time.Millisecond, 20*time.Millisecond
		}
		os.Exit(Run(os.Args, OS()))
	}
	for _, name := range []string{"mailpipe", "sendmail", "mailq", "newaliases", "mail", "Mail", "mailx"} {
		scriptPrograms[name] = run
	}
	testscript.Main(m, scriptPrograms)
}

func TestScripts(t *testing.T) { testscript.Run(t, scripts("../../testdata/script")) }

// scripts returns how the scripts in a directory are run.
func scripts(dir string) testscript.Params {
	return testscript.Params{
		Dir:                 dir,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       *update,
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("LC_ALL", "C.UTF-8")
			env.Setenv("TZ", "UTC")
			for _, name := range []string{"EMAIL", "XDG_CONFIG_HOME", "NETRC", "SOURCE_DATE_EPOCH", "MAILPIPE_FROM",
				"MAILPIPE_SERVER", "MAILPIPE_ACCOUNT", "MAILPIPE_PASSWORD", "MAILPIPE_SPOOL",
				"MAILPIPE_USER", "MAILPIPE_PASSWORD_FILE", "MAILPIPE_TLS", "CREDENTIALS_DIRECTORY", "XDG_STATE_HOME"} {
				env.Setenv(name, "")
			}
			return nil
		},
		Condition: func(cond string) (bool, error) {
			if cond == "named" { // the host has a full name: there is a default sender
				return fullHostName() != "", nil
			}
			if cond == "root" {
				return os.Getuid() == 0, nil
			}
			return false, fmt.Errorf("unknown condition %q", cond)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"serve":   serve,
			"script":  script,
			"code":    code,
			"gone":    gone,
			"stuck":   stuck,
			"trust":   trust,
			"address": listensAt,
			"lock":    lock,
		},
	}
}

// code runs `code N program args...`. The exit status must be N.
func code(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	if neg || err != nil || len(args) < 2 {
		ts.Fatalf("usage: code N program args...")
	}
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		status, ok := strings.CutPrefix(err.Error(), "exit status ")
		if got, err = strconv.Atoi(status); !ok || err != nil {
			ts.Fatalf("not an exit status: %s", status)
		}
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// gone runs `gone stdout|stderr N program args...` without a reader of that
// stream. The exit status must be N, and nothing may be written to the other stream.
func gone(ts *testscript.TestScript, neg bool, args []string) {
	r, w, err := os.Pipe()
	ts.Check(err)
	r.Close()
	defer w.Close()
	var other strings.Builder
	cmd := exec.Command(args[2], args[3:]...)
	cmd.Path, err = exec.LookPath(args[2]) // testscript puts mailpipe into PATH
	ts.Check(err)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = append(os.Environ(), "MAILPIPE_FROM=a@example.org", "HOME="+cmd.Dir)
	if input, err := os.Open(ts.MkAbs("input")); err == nil {
		defer input.Close()
		cmd.Stdin = input
	}
	cmd.Stdout, cmd.Stderr = w, &other
	if args[0] == "stderr" {
		cmd.Stdout, cmd.Stderr = &other, w
	}
	cmd.Run()
	if status := strconv.Itoa(cmd.ProcessState.ExitCode()); status != args[1] || other.Len() > 0 {
		ts.Fatalf("exit status %s, want %s; %q", status, args[1], other.String())
	}
}

// stuck runs `stuck stdout|stderr N program args...` with a pipe for that stream
// whose reader reads nothing. The pipe has room for less than 4 KiB. The exit
// status must be N.
func stuck(ts *testscript.TestScript, neg bool, args []string) {
	r, w, err := os.Pipe()
	ts.Check(err)
	defer r.Close()
	defer w.Close()
	_, err = w.Write(make([]byte, 60<<10))
	ts.Check(err)
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, args[2], args[3:]...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = append(os.Environ(), "HOME="+cmd.Dir)
	cmd.Stdout = w
	if args[0] == "stderr" {
		cmd.Stdout, cmd.Stderr = nil, w
	}
	cmd.Run()
	if status := strconv.Itoa(cmd.ProcessState.ExitCode()); status != args[1] {
		ts.Fatalf("exit status %s (%s), want %s", status, cmd.ProcessState, args[1])
	}
}

// listensAt runs `address VARIABLE FILE`. It sets the variable to the address that a
// sink prints to the file or FIFO.
func listensAt(ts *testscript.TestScript, neg bool, args []string) {
	address := regexp.MustCompile(`(?m)^mailpipe: sink: listening on (.*)\n`)
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(time.Millisecond) {
		f, err := os.Open(ts.MkAbs(args[1]))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		ts.Check(err)
		head := make([]byte, 4<<10)
		n, _ := f.Read(head)
		f.Close()
		if m := address.FindSubmatch(head[:n]); m != nil {
			ts.Setenv(args[0], string(m[1]))
			return
		}
	}
	ts.Fatalf("the sink does not print its address to %s", args[1])
}

// serve runs `serve VARIABLE [DIR] [RULE...]`. It starts a sink and sets
// the variable to its address.
func serve(ts *testscript.TestScript, neg bool, args []string) {
	l := listen(ts, args[0])
	var opt sink.Options
	for _, arg := range args[1:] {
		if strings.Contains(arg, "=") {
			rule, err := sink.ParseRule(arg)
			ts.Check(err)
			opt.Reply = append(opt.Reply, rule)
		} else {
			opt.Dir = ts.MkAbs(arg)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	ts.Defer(cancel)
	go sink.Serve(ctx, l, opt)
}
