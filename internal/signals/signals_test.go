//go:build unix

package signals

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// asChild in the environment names the function that the test binary runs.
const asChild = "MAILPIPE_TEST_CHILD"

// children get SIGTERM and would else wait forever.
var children = map[string]func(h *Handler){
	"default": func(*Handler) { raise() },
	"raised": func(h *Handler) {
		h.Postpone()
		raise()
		<-h.Context().Done()
		h.Raise()
	},
	"others postponed": func(h *Handler) {
		h.Postpone(syscall.SIGHUP, syscall.SIGINT)
		raise()
	},
	"caught": func(h *Handler) {
		h.Postpone(syscall.SIGHUP, syscall.SIGTERM)
		raise()
		<-h.Context().Done()
		fmt.Print("caught ", h.Caught())
		os.Exit(0)
	},
	"postponed twice": func(h *Handler) {
		h.Postpone(syscall.SIGTERM)
		h.Postpone(syscall.SIGHUP)
		raise()
		<-h.Context().Done()
		os.Exit(0)
	},
	"decided": func(h *Handler) {
		h.Postpone()
		h.Decide(42)
		raise()
	},
	"postponed, then decided": func(h *Handler) {
		h.Postpone()
		raise()
		<-h.Context().Done()
		h.Decide(42)
	},
	"ignored": func(h *Handler) {
		h.Ignore(syscall.SIGTERM)
		h.Postpone(syscall.SIGHUP)
		for raise(); h.Context().Err() == nil; {
			syscall.Kill(os.Getpid(), syscall.SIGHUP)
		}
		os.Exit(0)
	},
	"not ignored any more": func(h *Handler) {
		h.Ignore(syscall.SIGTERM)()
		raise()
	},
	"released": func(h *Handler) {
		h.Postpone()
		h.Release()
		raise()
	},
}

func raise() { syscall.Kill(os.Getpid(), syscall.SIGTERM) }

func TestMain(m *testing.M) {
	if run := children[os.Getenv(asChild)]; run != nil {
		run(New(func(s os.Signal) { fmt.Print(s) }))
		select {}
	}
	os.Exit(m.Run())
}

func TestSignal(t *testing.T) {
	for _, tt := range []struct{ child, state, output string }{
		{"default", "signal: terminated", "terminated"},
		{"raised", "signal: terminated", "terminated"},
		{"others postponed", "signal: terminated", "terminated"},
		{"caught", "exit status 0", "caught terminated"},
		{"postponed twice", "exit status 0", ""},
		{"decided", "exit status 42", ""},
		{"postponed, then decided", "exit status 42", ""},
		{"ignored", "exit status 0", ""},
		{"not ignored any more", "signal: terminated", "terminated"},
		{"released", "signal: terminated", ""},
	} {
		t.Run(tt.child, func(t *testing.T) {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), asChild+"="+tt.child)
			out, _ := cmd.Output()
			if got := cmd.ProcessState.String(); got != tt.state || string(out) != tt.output {
				t.Errorf("%s, %q; want %s, %q", got, out, tt.state, tt.output)
			}
		})
	}
}
