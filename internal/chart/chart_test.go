package chart

import (
	"bytes"
	"encoding/xml"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"mailpipe/internal/termtext"
	"mailpipe/wire"
)

var update = flag.Bool("update", false, "rewrite the charts in testdata")

// script makes a chart from lines of a dialogue, a fixed time apart.
type script struct {
	Chart
	at     time.Time
	flight int
}

func newScript(server string) *script {
	return &script{Chart: Chart{Server: server}, at: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
}

func (s *script) say(dir wire.Direction, stage wire.Stage, after time.Duration, lines ...string) {
	s.at = s.at.Add(after)
	s.flight++
	for _, line := range lines {
		s.Add(wire.Event{Time: s.at, Dir: dir, Stage: stage, Text: line, Group: s.flight})
	}
}

const ms = time.Millisecond

// delivery is a whole dialogue with everything a chart can show.
func delivery() *script {
	s := newScript("submission://smtp.example.org:587")
	s.say(wire.DirNote, wire.StageConnect, 0, "connected to 192.0.2.25:587")
	s.say(wire.DirReceived, wire.StageGreeting, 21*ms, "220 smtp.example.org ESMTP")
	s.say(wire.DirSent, wire.StageHello, ms/10, "EHLO client.example.org")
	s.say(wire.DirReceived, wire.StageHello, 21*ms, "250-smtp.example.org", "250-PIPELINING", "250-STARTTLS", "250 8BITMIME")
	s.say(wire.DirSent, wire.StageTLS, ms/10, "STARTTLS")
	s.say(wire.DirReceived, wire.StageTLS, 21*ms, "220 2.0.0 Ready to start TLS")
	s.say(wire.DirNote, wire.StageHandshake, 44*ms, "TLS 1.3, TLS_AES_128_GCM_SHA256, smtp.example.org verified")
	s.say(wire.DirSent, wire.StageAuth, ms/10, "AUTH PLAIN [hidden]")
	s.say(wire.DirReceived, wire.StageAuth, 25*ms, "235 2.7.0 Authentication successful")
	s.say(wire.DirSent, wire.StageMail, ms/5, "MAIL FROM:<alice@example.org> SIZE=48213 BODY=8BITMIME", "RCPT TO:<bob@example.org>", "RCPT TO:<nobody@example.org>", "DATA")
	s.say(wire.DirReceived, wire.StageMail, 23*ms, "250 2.1.0 Ok")
	s.say(wire.DirReceived, wire.StageRcpt, 0, "450 4.2.0 <bob@example.org>: Recipient address rejected: Greylisted, see https://example.org/greylisting")
	s.say(wire.DirReceived, wire.StageRcpt, 0, "550 5.1.1 <nobody@example.org>: User unknown \x1b[31m \u202e & <b>")
	s.say(wire.DirReceived, wire.StageData, 0, "354 End data with <CR><LF>.<CR><LF>")
	s.say(wire.DirSent, wire.StageContent, ms/3, "48213 octets of content")
	s.say(wire.DirSent, wire.StageDot, 2*ms, ".", "QUIT")
	s.say(wire.DirReceived, wire.StageDot, 60*ms, "250 2.0.0 Ok: queued as 4XyZ")
	s.say(wire.DirReceived, wire.StageQuit, 0, "221 2.0.0 Bye")
	s.say(wire.DirNote, wire.StageConnect, ms, "connected to 192.0.2.26:587")
	s.say(wire.DirReceived, wire.StageGreeting, 21*ms, "HTTP/1.1 400 Bad Request")
	return s
}

// check compares with a file of testdata, or writes it.
func check(t *testing.T, name string, draw func(io.Writer) error) {
	t.Helper()
	var got bytes.Buffer
	if err := draw(&got); err != nil {
		t.Fatal(err)
	}
	name = filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(name, got.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func TestGolden(t *testing.T) {
	s := delivery()
	check(t, "delivery.txt", func(w io.Writer) error { return s.Text(w, false) })
	check(t, "delivery.ascii.txt", func(w io.Writer) error { return s.Text(w, true) })
	check(t, "delivery.svg", s.SVG)
	many := newScript("sink:Mail")
	commands := []string{"MAIL FROM:<a@example.org>"}
	for i := range 40 {
		commands = append(commands, fmt.Sprintf("RCPT TO:<user%d@example.org>", i))
	}
	many.say(wire.DirSent, wire.StageMail, 0, append(commands, "DATA")...)
	for i := range 40 {
		text := "250 2.1.5 Ok"
		if i == 20 {
			text = "550 5.1.1 no such user"
		}
		many.say(wire.DirReceived, wire.StageRcpt, 11*time.Second, text)
	}
	check(t, "many.txt", func(w io.Writer) error { return many.Text(w, false) })
}

func TestZeroChart(t *testing.T) {
	var c Chart
	check(t, "zero.txt", func(w io.Writer) error { return c.Text(w, false) })
	wellFormed(t, c.SVG)
}

// wellFormed reads a picture as XML.
func wellFormed(t *testing.T, draw func(io.Writer) error) {
	t.Helper()
	var svg bytes.Buffer
	if err := draw(&svg); err != nil {
		t.Fatal(err)
	}
	d := xml.NewDecoder(&svg)
	for {
		if _, err := d.Token(); err == io.EOF {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestErrorOfTheWriter(t *testing.T) {
	s := delivery()
	if err := s.Text(broken{}, false); err != io.ErrClosedPipe {
		t.Errorf("Text: %v", err)
	}
	if err := s.SVG(broken{}); err != io.ErrClosedPipe {
		t.Errorf("SVG: %v", err)
	}
}

// Where TLS was refused, or its handshake failed, nothing is drawn as sealed.
func TestNotSealedInClear(t *testing.T) {
	for reply, note := range map[string]string{
		"454 4.7.0 not now": "continuing unencrypted",
		"220 2.0.0 go":      "no TLS handshake within 5m0s",
	} {
		s := newScript("smtp://x")
		s.say(wire.DirNote, wire.StageConnect, 0, "connected to 192.0.2.25:25")
		s.say(wire.DirSent, wire.StageTLS, ms, "STARTTLS")
		s.say(wire.DirReceived, wire.StageTLS, ms, reply)
		s.say(wire.DirNote, wire.StageTLS, ms, note)
		s.say(wire.DirSent, wire.StageMail, ms, "MAIL FROM:<alice@example.org>")
		var out bytes.Buffer
		if err := s.SVG(&out); err != nil || strings.Contains(out.String(), `class="sealed"`) {
			t.Errorf("%v\n%s", err, out.String())
		}
	}
}

// FuzzChart holds that whatever a server says, each line fits a terminal of
// 80 columns, nothing in it is a control character, and the picture is XML.
func FuzzChart(f *testing.F) {
	f.Add("smtp://x", "250 ok", 1, 4)
	f.Add("日本語", "250-\x1b]0;\a\xff\u202e<&>\"'", 0, 0)
	f.Add("日本語日本語日本語日本語日本語日本語日本語", "日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語", 2, 10)
	f.Add("e\u0301", "", 1, 8)
	f.Add("\u0605", "\u0605", 1, 8)
	stages := []wire.Stage{wire.StageConnect, wire.StageGreeting, wire.StageHello, wire.StageTLS, wire.StageHandshake, wire.StageAuth, wire.StageMail, wire.StageRcpt, wire.StageData, wire.StageContent, wire.StageDot, wire.StageQuit}
	f.Fuzz(func(t *testing.T, server, text string, dir, stage int) {
		s := newScript(server)
		for i := range 3 {
			s.say(wire.Direction(uint(dir+i)%3), stages[uint(stage)%uint(len(stages))], ms, text, text)
		}
		for _, ascii := range []bool{false, true} {
			var out bytes.Buffer
			if err := s.Text(&out, ascii); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(out.String()) {
				line = strings.TrimSuffix(line, "\n")
				if termtext.Columns(line) > 80 {
					t.Errorf("%d columns: %s", termtext.Columns(line), line)
				}
				for _, r := range line {
					unseen := unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Prepended_Concatenation_Mark, r)
					if unicode.IsControl(r) || unseen || ascii && r > 0x7E {
						t.Errorf("%q in %q", r, line)
					}
				}
			}
		}
		wellFormed(t, s.SVG)
	})
}
