package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"mailpipe/internal/message"
)

// checkPanic checks that err is the error of a panic in this file, and that its
// message does not contain the value of the panic, which may be a secret.
func checkPanic(t *testing.T, err error) {
	t.Helper()
	if code := exitCode(err); code != exitSoftware {
		t.Errorf("%v: exit status %d", err, code)
	}
	checkPanicMessage(t, strings.Join(messageLines(err), "\n"))
}

func checkPanicMessage(t *testing.T, text string) {
	t.Helper()
	for _, word := range []string{"internal error", "panic_test.go"} {
		if !strings.Contains(text, word) {
			t.Errorf("%q is not in %q", word, text)
		}
	}
	if strings.Contains(text, "sesame") {
		t.Errorf("the secret is in %q", text)
	}
}

func TestPanic(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	code := Run([]string{program, "compose"}, &Env{
		Stdin: os.Stdin, Stdout: w, Stderr: w,
		Getenv: func(string) string { panic("sesame") },
	})
	w.Close()
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if code != exitSoftware {
		t.Errorf("exit status %d", code)
	}
	checkPanicMessage(t, string(text))
}

// TestPanicInContent checks panics of the reader and of the writer of a message,
// which may happen in goroutines of wire and message.
func TestPanicInContent(t *testing.T) {
	lengths := map[string]int{"held": 1, "streamed": message.Lookahead + 1<<20}
	for name, length := range lengths {
		text := "From: a@x.example\n\n" + strings.Repeat("sesame\n", length/7)
		for _, tt := range []struct {
			where string
			r     io.Reader
			w     io.Writer
		}{
			{"reader", io.MultiReader(strings.NewReader(text), panics{}), io.Discard},
			{"writer", strings.NewReader(text), panics{}},
		} {
			t.Run(fmt.Sprintf("%s/%s", name, tt.where), func(t *testing.T) {
				whole := false
				err := protect(func() error { return copyMessage(tt.r, tt.w, func() { whole = true }) })
				checkPanic(t, err)
				if whole {
					t.Error("the content counts as whole")
				}
			})
		}
	}
}

// copyMessage reads a message and writes it in another goroutine.
func copyMessage(r io.Reader, w io.Writer, whole func()) error {
	m, err := message.Read(r, message.Options{})
	if err != nil {
		return err
	}
	defer m.Close()
	done := make(chan error)
	go func() {
		_, err := watchedContent{m, whole}.WriteTo(w)
		done <- err
	}()
	return <-done
}

type panics struct{}

func (panics) Read([]byte) (int, error)    { panic("sesame") }
func (panics) Write(p []byte) (int, error) { panic(string(p)) }
