//go:build linux

package testservers

import (
	"bytes"
	"crypto/sha256"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset"
)

// bonjour is the main job as a person types it, up to the server.
const bonjour = `printf 'Bonjour\n.\n..deux\nFrom moi\n' |
	mailpipe compose -f alice@example.org -t bob@example.org -s 'Rapport été' photo.jpg data.bin vide.txt |
	mailpipe deliver`

// files puts the files of the main job on the desk.
func (d desk) files() map[string][]byte {
	d.t.Helper()
	var photo bytes.Buffer
	picture := image.NewGray(image.Rect(0, 0, 320, 200))
	for i := range picture.Pix {
		picture.Pix[i] = color.GrayModel.Convert(color.RGBA{uint8(i), uint8(i >> 8), 0, 255}).(color.Gray).Y
	}
	if err := jpeg.Encode(&photo, picture, nil); err != nil {
		d.t.Fatal(err)
	}
	files := map[string][]byte{"photo.jpg": photo.Bytes(), "data.bin": random(3<<20, 1), "vide.txt": nil}
	for name, data := range files {
		d.write(name, string(data))
	}
	return files
}

// random returns octets that look random and are the same for the same seed.
func random(n int, seed uint64) []byte {
	data := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8)}).Read(data)
	return data
}

// TestMainJob sends the main job to a real Postfix and takes it apart again.
func TestMainJob(t *testing.T) {
	server := StartPostfix(t)
	d := newDesk(t)
	files := d.files()
	d.sh(bonjour+" -S smtp://"+server.Open).want(t, 0)
	checkBonjour(t, server.Wait(1)[0].Data, files)
}

// TestStockPostfix does the same without naming a server: a Postfix as Debian
// sets it up is on port 25, its certificate signed by itself.
func TestStockPostfix(t *testing.T) {
	server, enter := StartStockPostfix(t)
	d := newDesk(t)
	files := d.files()
	run(t, d.command(enter[0], append(enter[1:], "/bin/sh", "-c", bonjour+" --report text 2>trace --trace")...)).want(t, 0)
	checkBonjour(t, server.Wait(1)[0].Data, files)
	if !strings.Contains(string(d.read("trace")), "STARTTLS") {
		t.Errorf("it went in clear:\n%s", d.read("trace"))
	}

	// An IPv6 address names the server, and is the name in the greeting (RFC 5321 §4.1.3).
	for _, address := range []string{"'[::1]'", "'smtp://[::1]:25'", "::1"} {
		run(t, d.command(enter[0], append(enter[1:], "/bin/sh", "-c", bonjour+" --trace 2>trace -S "+address)...)).want(t, 0)
		checkBonjour(t, server.Wait(1)[0].Data, files)
		if trace := string(d.read("trace")); !strings.Contains(trace, "EHLO [IPv6:::1]") || !strings.Contains(trace, "STARTTLS") {
			t.Errorf("-S %s:\n%s", address, trace)
		}
	}
}

// TestNamedHost sends from a host whose name has a dot: it names the sender that
// nobody named, and greets the server.
func TestNamedHost(t *testing.T) {
	needRoot(t)
	d := newDesk(t)
	r := run(t, d.command("unshare", "--uts", "sh", "-c", `echo named.example.org >/proc/sys/kernel/hostname &&
		mailpipe send -S sink:Mail -t bob@example.org --body x --trace --report text`))
	r.want(t, 0)
	for _, want := range []string{"\nC: EHLO named.example.org\n", "\nC: MAIL FROM:<root@named.example.org> "} {
		if !strings.Contains(r.err, want) {
			t.Errorf("the dialogue lacks %q:\n%s", want, r.err)
		}
	}
	r = run(t, d.command("unshare", "--uts", "sh", "-c", `echo named >/proc/sys/kernel/hostname &&
		mailpipe send -S sink:Mail -t bob@example.org --body x --trace -f alice@example.org`))
	r.want(t, 0)
	if want := "\nC: EHLO [127.0.0.1]\n"; !strings.Contains(r.err, want) {
		t.Errorf("the dialogue lacks %q:\n%s", want, r.err)
	}
}

func checkBonjour(t *testing.T, mail []byte, files map[string][]byte) {
	t.Helper()
	m, err := message.Read(bytes.NewReader(mail))
	if err != nil {
		t.Fatal(err)
	}
	if subject, err := m.Header.Text("Subject"); subject != "Rapport été" || err != nil {
		t.Errorf("subject %q, %v", subject, err)
	}
	parts := m.MultipartReader()
	text, err := parts.NextPart()
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(text.Body)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.ReplaceAll(string(body), "\r\n", "\n"); got != "Bonjour\n.\n..deux\nFrom moi\n" {
		t.Errorf("text %q", got)
	}
	for _, name := range []string{"photo.jpg", "data.bin", "vide.txt"} {
		part, err := parts.NextPart()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(part.Body)
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := part.Header.ContentType()
		if name == "photo.jpg" && kind != "image/jpeg" {
			t.Errorf("the picture is %s", kind)
		}
		_, disposition, _ := part.Header.ContentDisposition()
		if disposition["filename"] != name {
			t.Errorf("name %q, want %q", disposition["filename"], name)
		}
		if sha256.Sum256(body) != sha256.Sum256(files[name]) {
			t.Errorf("%s: %d octets arrived, another SHA-256 than the %d that were sent", name, len(body), len(files[name]))
		}
	}
	if _, err := parts.NextPart(); err != io.EOF {
		t.Errorf("after the last part: %v", err)
	}
}

// TestComposeKilled kills compose in the middle of a large attachment: the
// stream has no closing boundary, so nothing may be delivered.
func TestComposeKilled(t *testing.T) {
	server := StartPostfix(t)
	d := newDesk(t)
	if err := syscall.Mkfifo(d.path("large.bin"), 0o600); err != nil {
		t.Fatal(err)
	}
	compose := d.command(d.program(), "compose", "-f", "alice@example.org", "-t", "bob@example.org", "-s", "large", "large.bin")
	compose.Stdin = strings.NewReader("Half of it.\n")
	stream, err := compose.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := compose.Start(); err != nil {
		t.Fatal(err)
	}
	fifo, err := os.OpenFile(d.path("large.bin"), os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer fifo.Close()
	deliver := d.command(d.program(), "deliver", "-S", "smtp://"+server.Open)
	deliver.Stdin = stream
	done := make(chan result)
	go func() { done <- run(t, deliver) }()
	if _, err := fifo.Write(random(5<<20, 2)); err != nil {
		t.Fatal(err)
	}
	// The content has begun to flow when the server has said 354.
	wait(t, "354 in the server's log", func() bool { return strings.Contains(server.Log(), ": 354 ") })
	if err := compose.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = compose.Wait()
	(<-done).want(t, 65)
	server.deliversNothing(t, "lost connection after DATA")
}

// deliversNothing waits for the server's own word that it gave a mail up, and
// looks that it has none.
func (s *Server) deliversNothing(t *testing.T, word string) {
	t.Helper()
	wait(t, "line \""+word+"\" in the server's log", func() bool { return strings.Contains(s.Log(), word) })
	if strings.Contains(s.Log(), "queued as") || s.Len() != 0 {
		t.Errorf("the server took a mail:\n%s", tail(s.Log(), 20))
	}
}

// TestFailureBeforeDeliver lets what stands before deliver fail where sh says
// nothing of it: the exit status of a pipe is its last command's.
func TestFailureBeforeDeliver(t *testing.T) {
	server := StartPostfix(t)
	for _, c := range []struct {
		name, script string
		code         string
		words        []string
	}{
		{"before the first byte", `mailpipe compose -f a@example.org -t bob@example.org -s x no-such-file </dev/null`, "66",
			[]string{"no-such-file", "input is empty"}},
		{"after it", `mkfifo slow
			(cat data.bin; : >shrinks) >slow &
			mailpipe compose -f a@example.org -t bob@example.org -s x --body hello slow shrinks`, "74",
			[]string{"shrinks", "cut off"}},
		{"a producer that says nothing", `false | mailpipe compose -f a@example.org -t bob@example.org -s x`, "65", nil},
		{"flags", `mailpipe compose --no-such-flag`, "64", []string{"no-such-flag"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t)
			d.files()
			d.write("shrinks", strings.Repeat("x", 100000))
			r := d.sh("{ " + c.script + "\necho $? >code; } | mailpipe deliver -S smtp://" + server.Open)
			r.want(t, 65, c.words...)
			if code := strings.TrimSpace(string(d.read("code"))); code != c.code {
				t.Errorf("compose ended with %s, want %s:\n%s", code, c.code, r.err)
			}
		})
	}
	if strings.Contains(server.Log(), "queued as") {
		t.Error("the server took a mail")
	}
}

// TestUnreadableFile wants 66 and not one byte on standard output.
func TestUnreadableFile(t *testing.T) {
	d := newDesk(t)
	d.files()
	if err := os.Chmod(d.write("locked.bin", "x"), 0); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"locked.bin", "missing.bin", ".", "/dev/zero"} {
		// Root reads everything, unless its capabilities are taken away.
		Need(t, "setpriv")
		words := []string{d.program(), "compose", "-f", "a@example.org", "-t", "b@example.org", "-s", "x", "--body", "x", "photo.jpg", name}
		if os.Geteuid() == 0 {
			words = append([]string{"setpriv", "--bounding-set=-dac_override,-dac_read_search", "--"}, words...)
		}
		r := run(t, d.command(words[0], words[1:]...))
		r.want(t, 66, name)
		if r.out != "" {
			t.Errorf("%s: %d bytes on standard output", name, len(r.out))
		}
	}
}

// TestServerKilled kills the server after it has the final dot and before it
// answers: nobody knows whether the mail was delivered.
func TestServerKilled(t *testing.T) {
	server := StartPostfix(t)
	d := newDesk(t)
	d.files()
	deliver := d.command("/bin/sh", "-c", bonjour+" --tls none -S smtp://"+server.Slow)
	done := make(chan result)
	go func() { done <- run(t, deliver) }()
	wait(t, "end of data in the server's log", func() bool { return strings.Contains(server.Log(), "name=sleep") })
	server.Kill()
	(<-done).want(t, 75, "outcome unknown", "may have been delivered")
}

// TestOnlyRecipientRefused wants the reply on standard error.
func TestOnlyRecipientRefused(t *testing.T) {
	server := StartPostfix(t)
	d := newDesk(t)
	d.files()
	d.sh(strings.ReplaceAll(bonjour, "bob@example.org", Gone)+" -S "+server.Open).want(t, 67, Gone, "550 5.1.1", "no such user")
	if n := server.Len(); n != 0 {
		t.Errorf("%s mails arrived", strconv.Itoa(n))
	}
}
