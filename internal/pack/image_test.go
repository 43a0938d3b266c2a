//go:build linux

package main

import (
	"crypto/tls"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mailpipe/internal/sink"
	"mailpipe/internal/testservers"
)

// TestImage makes the build context, and the image as the Dockerfile says. The entry
// point sends over TLS.
func TestImage(t *testing.T) {
	testservers.NeedRoot(t)
	project := newProject(t, t.TempDir())
	authority := testservers.Issue(nil, testservers.Authority)
	cert := testservers.Issue(&authority, nil)
	ca, _ := testservers.PEM(authority)
	bundle := filepath.Join(t.TempDir(), "a bundle")
	write(t, bundle, string(ca))
	// With echo in place of docker, make prints the arguments of docker.
	out := output(t, command(t, project, "make", "-s", "image", "DOCKER=echo", "CERTIFICATES="+bundle))
	built, ok := strings.CutPrefix(out, "build -t mailpipe -f ")
	args := strings.Fields(built)
	if !ok || len(args) != 2 {
		t.Fatalf("make image runs docker %s", out)
	}
	image := t.TempDir()
	entry := layOut(t, filepath.Join(project, args[0]), filepath.Join(project, args[1]), image)

	box := t.TempDir()
	address := serve(t, sink.Options{Dir: box, TLS: &tls.Config{Certificates: []tls.Certificate{cert}}})
	cmd := inRoot(t, image, entry, "send", "-f", "a@example.org", "-t", "b@example.org", "--body", "x",
		"-S", "smtp://"+address, "--tls", "required")
	output(t, cmd)
	arrived(t, box, 1)
}

// layOut makes an image as a Dockerfile says, and returns its entry point.
func layOut(t *testing.T, dockerfile, context, image string) (entry string) {
	t.Helper()
	text, err := os.ReadFile(dockerfile)
	if err != nil {
		t.Fatal(err)
	}
	var instructions []string
	for line := range strings.Lines(string(text)) {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		if word == "#" {
			continue
		}
		instructions = append(instructions, word)
		args := strings.Fields(rest)
		switch {
		case word == "FROM" && rest == "scratch":
		case word == "COPY" && len(args) == 2 && filepath.IsAbs(args[1]):
			copyFile(t, filepath.Join(context, args[0]), filepath.Join(image, args[1]))
		case word == "ENTRYPOINT":
			var words []string
			if err := json.Unmarshal([]byte(rest), &words); err != nil || len(words) != 1 {
				t.Fatalf("%s: %v", line, err)
			}
			entry = words[0]
		default:
			t.Fatalf("unexpected line: %s", line)
		}
	}
	if got := strings.Join(instructions, " "); got != "FROM COPY COPY ENTRYPOINT" {
		t.Errorf("instructions: %s", got)
	}
	return entry
}
