//go:build linux

package testservers

import (
	"bytes"
	"crypto/sha256"
	"image"
	"image/jpeg"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset"
)

// composeAndDeliver sends a text and three files. A server can be added at its end.
const composeAndDeliver = `printf 'Bonjour\n.\n..deux\nFrom moi\n' |
	mailpipe compose -f alice@example.org -t bob@example.org -s 'Rapport été' photo.jpg data.bin vide.txt |
	mailpipe deliver`

// makeFiles writes the files that composeAndDeliver attaches.
func (w workspace) makeFiles() map[string][]byte {
	w.t.Helper()
	gray := image.NewGray(image.Rect(0, 0, 320, 200))
	copy(gray.Pix, random(len(gray.Pix), 0))
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, gray, nil); err != nil {
		w.t.Fatal(err)
	}
	files := map[string][]byte{"photo.jpg": photo.Bytes(), "data.bin": random(3<<20, 1), "vide.txt": nil}
	for name, data := range files {
		w.write(name, string(data))
	}
	return files
}

// random returns random octets that are the same each time for a seed.
func random(n int, seed byte) []byte {
	data := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{seed}).Read(data)
	return data
}

func TestComposeAndDeliver(t *testing.T) {
	t.Parallel()
	server := startPostfix(t)
	w := newWorkspace(t)
	files := w.makeFiles()
	w.sh(composeAndDeliver+" -S smtp://"+server.open).want(t, 0)
	checkBonjour(t, server.wait(t, 1)[0].data, files)
}

// Without a named server, mail goes to port 25 of localhost, as Debian sets up
// Postfix.
func TestDefaultPostfix(t *testing.T) {
	t.Parallel()
	server, enter := startDefaultPostfix(t)
	w := newWorkspace(t)
	files := w.makeFiles()
	inside := func(script string) string {
		w.sh("rm -f trace").want(t, 0)
		run(t, w.command(enter[0], append(enter[1:], "/bin/sh", "-c", script)...)).want(t, 0)
		checkBonjour(t, server.wait(t, 1)[0].data, files)
		return w.read("trace")
	}
	trace := inside(composeAndDeliver + " --report text 2>trace --trace")
	if !strings.Contains(trace, "STARTTLS") {
		t.Errorf("sent without TLS:\n%s", trace)
	}
	// An IPv6 address names the server, and this host in EHLO (RFC 5321 §4.1.3).
	for _, address := range []string{"'[::1]'", "'smtp://[::1]:25'", "::1"} {
		trace := inside(composeAndDeliver + " --trace 2>trace -S " + address)
		if !strings.Contains(trace, "EHLO [IPv6:::1]") || !strings.Contains(trace, "STARTTLS") {
			t.Errorf("-S %s:\n%s", address, trace)
		}
	}
}

// The name of a host is used in EHLO and for a sender that was not given, if it has
// a dot.
func TestHostName(t *testing.T) {
	t.Parallel()
	NeedRoot(t)
	for _, test := range []struct {
		host, flags string
		want        []string
	}{
		{"named.example.org", "", []string{"\nC: EHLO named.example.org\n", "\nC: MAIL FROM:<root@named.example.org> "}},
		{"named", "-f alice@example.org", []string{"\nC: EHLO [127.0.0.1]\n"}},
	} {
		w := newWorkspace(t)
		r := run(t, w.command("unshare", "--uts", "sh", "-c", "echo "+test.host+` >/proc/sys/kernel/hostname &&
			mailpipe send -S sink:Mail -t bob@example.org --body x --trace --report text `+test.flags))
		r.want(t, 0, test.want...)
	}
}

// checkBonjour fails the test if a mail is not the one of composeAndDeliver.
func checkBonjour(t *testing.T, mail string, files map[string][]byte) {
	t.Helper()
	m, err := message.Read(strings.NewReader(mail))
	if err != nil {
		t.Fatal(err)
	}
	if subject, err := m.Header.Text("Subject"); subject != "Rapport été" || err != nil {
		t.Errorf("Subject: %q, %v", subject, err)
	}
	parts := m.MultipartReader()
	next := func() (*message.Entity, []byte) {
		t.Helper()
		part, err := parts.NextPart()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(part.Body)
		if err != nil {
			t.Fatal(err)
		}
		return part, body
	}
	_, text := next()
	if got := strings.ReplaceAll(string(text), "\r\n", "\n"); got != "Bonjour\n.\n..deux\nFrom moi\n" {
		t.Errorf("text: %q", got)
	}
	for _, name := range []string{"photo.jpg", "data.bin", "vide.txt"} {
		part, body := next()
		mediaType, _, _ := part.Header.ContentType()
		if name == "photo.jpg" && mediaType != "image/jpeg" {
			t.Errorf("%s has the type %s", name, mediaType)
		}
		_, disposition, _ := part.Header.ContentDisposition()
		if disposition["filename"] != name {
			t.Errorf("name %q, want %q", disposition["filename"], name)
		}
		if sha256.Sum256(body) != sha256.Sum256(files[name]) {
			t.Errorf("%s: %d octets arrived that are not the %d octets sent", name, len(body), len(files[name]))
		}
	}
	if _, err := parts.NextPart(); err != io.EOF {
		t.Errorf("after the last part: %v", err)
	}
}

// If compose is killed in a large attachment, the closing boundary is missing, and
// no mail is delivered.
func TestComposeKilled(t *testing.T) {
	t.Parallel()
	server := startPostfix(t)
	w := newWorkspace(t)
	if err := syscall.Mkfifo(w.path("large.bin"), 0o600); err != nil {
		t.Fatal(err)
	}
	compose := w.command(w.program(), "compose", "-f", "alice@example.org", "-t", bob, "-s", "large", "large.bin")
	compose.Stdin = strings.NewReader("Half of it.\n")
	stream, out, err := os.Pipe() // compose.Wait must not close what deliver reads
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	compose.Stdout = out
	err = compose.Start()
	out.Close()
	if err != nil {
		t.Fatal(err)
	}
	fifo, err := os.OpenFile(w.path("large.bin"), os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer fifo.Close()
	deliver := w.command(w.program(), "deliver", "-S", "smtp://"+server.open)
	deliver.Stdin = stream
	delivered := start(t, deliver)
	if _, err := fifo.Write(random(5<<20, 2)); err != nil {
		t.Fatal(err)
	}
	// Content is sent as soon as the server has sent 354.
	wait(t, "354 in the server's log", func() bool { return strings.Contains(server.log(), ": 354 ") })
	if err := compose.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = compose.Wait()
	(<-delivered).want(t, 65, "cut off")
	server.deliversNothing(t, "lost connection after DATA")
}

// If a command before deliver fails, no mail is delivered, although sh returns only
// the exit status of the last command of a pipeline.
func TestFailureBeforeDeliver(t *testing.T) {
	t.Parallel()
	server := startPostfix(t)
	const compose = "mailpipe compose -f a@example.org -t bob@example.org -s x "
	for _, test := range []struct {
		name, script string
		code         string
		words        []string
	}{
		{"before the first octet", compose + "no-such-file </dev/null", "66", []string{"no-such-file", "input is empty"}},
		{"after the first octet", `mkfifo slow
			(cat data.bin; : >shrinks) >slow &
			` + compose + "--body hello slow shrinks", "74", []string{"shrinks", "cut off"}},
		{"empty text", "false | " + compose, "65", []string{"input is empty"}},
		{"unknown flag", "mailpipe compose --no-such-flag", "64", []string{"no-such-flag", "input is empty"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorkspace(t)
			w.makeFiles()
			w.write("shrinks", strings.Repeat("x", 100_000))
			r := w.sh("{ " + test.script + "\necho $? >code; } | mailpipe deliver -S smtp://" + server.open)
			r.want(t, 65, test.words...)
			if code := strings.TrimSpace(w.read("code")); code != test.code {
				t.Errorf("exit status of compose %s, want %s:\n%s", code, test.code, r.err)
			}
		})
	}
	if strings.Contains(server.log(), "queued as") {
		t.Error("the server accepted a mail")
	}
}

// If a file cannot be read, nothing is written.
func TestUnreadableFile(t *testing.T) {
	t.Parallel()
	Need(t, "setpriv")
	w := newWorkspace(t)
	w.makeFiles()
	if err := os.Chmod(w.write("locked.bin", "x"), 0); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"locked.bin", "missing.bin", ".", "/dev/zero"} {
		words := []string{w.program(), "compose", "-f", "a@example.org", "-t", bob, "--body", "x", "photo.jpg", name}
		if os.Geteuid() == 0 { // these capabilities let root read all files
			words = append([]string{"setpriv", "--bounding-set=-dac_override,-dac_read_search", "--"}, words...)
		}
		r := run(t, w.command(words[0], words[1:]...))
		r.want(t, 66, name)
		if r.out != "" {
			t.Errorf("%s: %d octets on standard output", name, len(r.out))
		}
	}
}

// If the server ends after the final dot and before its reply, the outcome is
// unknown.
func TestServerKilled(t *testing.T) {
	t.Parallel()
	server := startPostfix(t)
	w := newWorkspace(t)
	w.makeFiles()
	delivered := start(t, w.command("/bin/sh", "-c", composeAndDeliver+" --tls none -S smtp://"+server.slow))
	wait(t, "end of data in the server's log", func() bool { return strings.Contains(server.log(), "name=sleep") })
	server.sandbox.kill()
	(<-delivered).want(t, 75, "outcome unknown", "may have been delivered")
}

func TestOnlyRecipientRefused(t *testing.T) {
	t.Parallel()
	server := startPostfix(t)
	w := newWorkspace(t)
	w.makeFiles()
	script := strings.ReplaceAll(composeAndDeliver, bob, unknownUser) + " -S " + server.open
	w.sh(script).want(t, 67, unknownUser, "550 5.1.1", "no such user")
	if n := server.count(); n != 0 {
		t.Errorf("%d mails arrived", n)
	}
}
