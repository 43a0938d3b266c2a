package maillog

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestLine(t *testing.T) {
	for _, c := range []struct {
		fields []Field
		want   string
	}{
		{nil, ""},
		{[]Field{{"from", "a@b"}, {"id", ""}, {"to", "c@d,e@f"}}, "from=a@b to=c@d,e@f"},
		{[]Field{{"reply", "2.0.0 Ok: queued"}}, `reply="2.0.0 Ok: queued"`},
		{[]Field{{"reply", `say "x=y\z"`}}, `reply="say \"x=y\\z\""`},
		{[]Field{{"reply", "a\r\nb\x00\x7f\u0085\u202e\xffé"}}, `reply="a\r\nb\x00\x7f\u0085\u202e\xffé"`},
		{[]Field{{"user", "é"}}, "user=é"},
		{[]Field{{"user", strings.Repeat("u", 200)}}, "user=" + strings.Repeat("u", 200)},
		{[]Field{{"user", strings.Repeat("u", 201)}}, `user="` + strings.Repeat("u", 200) + `..."`},
		{[]Field{{"user", strings.Repeat("é", 101)}}, `user="` + strings.Repeat("é", 100) + `..."`},
	} {
		if got := Line(c.fields); got != c.want {
			t.Errorf("%q: got %s, want %s", c.fields, got, c.want)
		}
	}
	hostile := strings.Repeat("\x00\u2028", 10_000)
	var fields []Field
	for _, key := range strings.Fields("time name host tls user from to size code status id reply repaired") {
		fields = append(fields, Field{key, hostile})
	}
	line := Line(fields)
	if len(line) >= 4<<10 || strings.ContainsAny(line, "\x00\u2028") || !strings.Contains(line, " repaired=") {
		t.Errorf("%d octets: %s", len(line), line)
	}
}

func TestToFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "log")
	for _, line := range []string{"one", "two"} {
		if err := ToFile(name, line); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(name)
	info, _ := os.Stat(name)
	if err != nil || string(text) != "one\ntwo\n" || info.Mode().Perm() != 0o600 {
		t.Errorf("%q, %v, %v", text, err, info.Mode())
	}
	if err := ToFile("/dev/full", "x"); err == nil {
		t.Error("no error for a full disk")
	}
	if err := ToFile(filepath.Dir(name), "x"); err == nil {
		t.Error("no error for a directory")
	}
}

// A FIFO without a reader, and one whose reader does not read, cost no more than a
// moment.
func TestFIFO(t *testing.T) {
	name := filepath.Join(t.TempDir(), "log")
	if err := exec.Command("mkfifo", "-m", "600", name).Run(); err != nil {
		t.Fatal(err)
	}
	if err := ToFile(name, "x"); err == nil {
		t.Error("no error without a reader")
	}
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	f.SetDeadline(time.Now().Add(50 * time.Millisecond))
	for err == nil { // until the pipe is full
		_, err = f.Write(make([]byte, 4096))
	}
	start := time.Now()
	if err := ToFile(name, strings.Repeat("x", 4096)); err == nil || time.Since(start) > 20*wait {
		t.Errorf("%v after %v", err, time.Since(start))
	}
}

func TestToSyslog(t *testing.T) {
	dir := t.TempDir()
	old := socket
	defer func() { socket = old }()
	socket = filepath.Join(dir, "missing")
	if err := ToSyslog("sendmail", false, "x"); err == nil {
		t.Error("no error without a socket")
	}
	socket = filepath.Join(dir, "log")
	l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for failed, priority := range map[bool]string{false: "22", true: "19"} {
		if err := ToSyslog("sendmail", failed, "status=0"); err != nil {
			t.Fatal(err)
		}
		l.SetDeadline(time.Now().Add(5 * time.Second))
		p := make([]byte, 4096)
		n, err := l.Read(p)
		want := `^<` + priority + `>[A-Z][a-z]{2} [ 1-3][0-9] [0-9:]{8} sendmail\[[0-9]+\]: status=0\n$`
		if err != nil || !regexp.MustCompile(want).Match(p[:n]) {
			t.Errorf("%q, %v", p[:n], err)
		}
	}
	if err := ToSyslog(strings.Repeat("é", 10_000), false, "x"); err != nil {
		t.Fatal(err)
	}
	p := make([]byte, 4096)
	if n, err := l.Read(p); err != nil || !strings.Contains(string(p[:n]), " "+strings.Repeat("é", 32)+"[") {
		t.Errorf("%q, %v", p[:n], err)
	}
	start := time.Now() // nothing reads the socket
	for err == nil && time.Since(start) < time.Minute {
		err = ToSyslog("sendmail", false, "x")
	}
	if err == nil || time.Since(start) > 20*wait {
		t.Errorf("%v after %v", err, time.Since(start))
	}

	socket = filepath.Join(dir, "stream")
	s, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := ToSyslog("sendmail", false, "x"); err != nil {
		t.Error(err)
	}
}
