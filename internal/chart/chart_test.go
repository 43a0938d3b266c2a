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

// stages are the words for stages in a dialogue.
var stages = map[string]wire.Stage{
	"connect":   wire.StageConnect,
	"greeting":  wire.StageGreeting,
	"hello":     wire.StageHello,
	"tls":       wire.StageTLS,
	"handshake": wire.StageHandshake,
	"auth":      wire.StageAuth,
	"mail":      wire.StageMail,
	"rcpt":      wire.StageRcpt,
	"data":      wire.StageData,
	"content":   wire.StageContent,
	"dot":       wire.StageDot,
	"quit":      wire.StageQuit,
}

// A script makes the events of a chart.
type script struct {
	Chart
	at    time.Time
	group int
}

func newScript(server string) *script {
	return &script{Chart: Chart{Server: server}, at: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
}

// add adds lines, some time after those before them.
func (s *script) add(dir wire.Direction, stage wire.Stage, after time.Duration, lines ...string) {
	s.at = s.at.Add(after)
	s.group++
	for _, line := range lines {
		s.Add(wire.Event{Time: s.at, Dir: dir, Stage: stage, Text: line, Group: s.group})
	}
}

// play adds the lines of a dialogue. A line is a stage, a time in milliseconds
// since the line before, a sign for the direction, and a text: -> sent, <- received,
// -- note. A line that begins with a space is sent or received together with the
// line before it.
func (s *script) play(t *testing.T, dialogue string) {
	t.Helper()
	directions := map[string]wire.Direction{"->": wire.DirSent, "<-": wire.DirReceived, "--": wire.DirNote}
	var dir wire.Direction
	var stage wire.Stage
	var after time.Duration
	var lines []string
	flush := func() {
		if lines != nil {
			s.add(dir, stage, after, lines...)
		}
		lines = nil
	}
	for line := range strings.Lines(strings.TrimLeft(dialogue, "\n")) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, " ") {
			lines = append(lines, strings.TrimSpace(line))
			continue
		}
		flush()
		var name, sign string
		var milliseconds float64
		if _, err := fmt.Sscan(line, &name, &milliseconds, &sign); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		dir, stage = directions[sign], stages[name]
		after = time.Duration(milliseconds * float64(time.Millisecond))
		_, text, _ := strings.Cut(line, sign+" ")
		lines = []string{text}
	}
	flush()
}

// delivery is a dialogue with everything that a chart can show.
const delivery = `
connect   0     -- connected to 192.0.2.25:587
greeting  21    <- 220 smtp.example.org ESMTP
hello     0.1   -> EHLO client.example.org
hello     21    <- 250-smtp.example.org
                   250-PIPELINING
                   250-STARTTLS
                   250 8BITMIME
tls       0.1   -> STARTTLS
tls       21    <- 220 2.0.0 Ready to start TLS
handshake 44    -- TLS 1.3, TLS_AES_128_GCM_SHA256, smtp.example.org verified
auth      0.1   -> AUTH PLAIN [hidden]
auth      25    <- 235 2.7.0 Authentication successful
mail      0.2   -> MAIL FROM:<alice@example.org> SIZE=48213 BODY=8BITMIME
                   RCPT TO:<bob@example.org>
                   RCPT TO:<nobody@example.org>
                   DATA
mail      23    <- 250 2.1.0 Ok
rcpt      0     <- 450 4.2.0 <bob@example.org>: Recipient address rejected: Greylisted, see https://example.org/grey
rcpt      0     <- 550 5.1.1 <nobody@example.org>: User unknown ` + "\x1b[31m \u202e" + ` & <b>
data      0     <- 354 End data with <CR><LF>.<CR><LF>
content   0.333 -> 48213 octets of content
dot       2     -> .
                   QUIT
dot       60    <- 250 2.0.0 Ok: queued as 4XyZ
quit      0     <- 221 2.0.0 Bye
connect   1     -- connected to 192.0.2.26:587
greeting  21    <- HTTP/1.1 400 Bad Request
`

// check compares a chart with a file in testdata, or writes the file.
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
	s := newScript("submission://smtp.example.org:587")
	s.play(t, delivery)
	check(t, "delivery.txt", func(w io.Writer) error { return s.Text(w, false) })
	check(t, "delivery.ascii.txt", func(w io.Writer) error { return s.Text(w, true) })
	check(t, "delivery.svg", s.SVG)
}

// The middle of long sequences is left out, but no refusal.
func TestManyRecipients(t *testing.T) {
	s := newScript("sink:Mail")
	commands := []string{"MAIL FROM:<a@example.org>"}
	for i := range 40 {
		commands = append(commands, fmt.Sprintf("RCPT TO:<user%d@example.org>", i))
	}
	s.add(wire.DirSent, wire.StageMail, 0, append(commands, "DATA")...)
	for i := range 40 {
		text := "250 2.1.5 Ok"
		if i == 20 {
			text = "550 5.1.1 no such user"
		}
		s.add(wire.DirReceived, wire.StageRcpt, 11*time.Second, text)
	}
	check(t, "many.txt", func(w io.Writer) error { return s.Text(w, false) })
}

func TestZeroChart(t *testing.T) {
	var c Chart
	check(t, "zero.txt", func(w io.Writer) error { return c.Text(w, false) })
	checkXML(t, c.SVG)
}

// checkXML checks that an image is well-formed XML.
func checkXML(t *testing.T, draw func(io.Writer) error) {
	t.Helper()
	var svg bytes.Buffer
	if err := draw(&svg); err != nil {
		t.Fatal(err)
	}
	for d := xml.NewDecoder(&svg); ; {
		_, err := d.Token()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// XML forbids some characters, even as references.
func TestForbiddenInXML(t *testing.T) {
	for _, r := range []rune{0, '\t', '\v', 0x1B, 0x7F, 0x85, 0xFFFD, 0xFFFE, 0xFFFF, 0x1FFFE, unicode.MaxRune} {
		s := newScript("smtp://x" + string(r))
		s.add(wire.DirReceived, wire.StageGreeting, 0, "220 "+string(r))
		s.add(wire.DirReceived, wire.StageHello, 0, "250 "+strings.Repeat(string(r), 100)) // cut, with a tooltip
		t.Run(fmt.Sprintf("%U", r), func(t *testing.T) { checkXML(t, s.SVG) })
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestWriteErrors(t *testing.T) {
	s := newScript("smtp://x")
	s.play(t, delivery)
	if err := s.Text(brokenWriter{}, false); err != io.ErrClosedPipe {
		t.Errorf("Text: %v, want %v", err, io.ErrClosedPipe)
	}
	if err := s.SVG(brokenWriter{}); err != io.ErrClosedPipe {
		t.Errorf("SVG: %v, want %v", err, io.ErrClosedPipe)
	}
}

// If STARTTLS was refused, or its handshake failed, nothing is drawn as encrypted.
func TestUnencrypted(t *testing.T) {
	for _, dialogue := range []string{`
connect 0 -- connected to 192.0.2.25:25
tls     1 -> STARTTLS
tls     1 <- 454 4.7.0 not now
tls     1 -- continuing unencrypted
mail    1 -> MAIL FROM:<alice@example.org>
`, `
connect 0 -- connected to 192.0.2.25:25
tls     1 -> STARTTLS
tls     1 <- 220 2.0.0 go
tls     1 -- no TLS handshake within 5m0s
mail    1 -> MAIL FROM:<alice@example.org>
`} {
		s := newScript("smtp://x")
		s.play(t, dialogue)
		var out bytes.Buffer
		if err := s.SVG(&out); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), "MAIL FROM") || strings.Contains(out.String(), `class="encrypted"`) {
			t.Errorf("a part of this is drawn as encrypted:%s\n%s", dialogue, out.String())
		}
	}
}

// Whatever a server sends, each line fits a terminal of 80 columns and has no
// control characters, and the image is well-formed XML.
func FuzzChart(f *testing.F) {
	f.Add("smtp://x", "250 ok", 1, 4)
	f.Add("日本語", "250-\x1b]0;\a\xff\u202e<&>\"'", 0, 0)
	f.Add(strings.Repeat("日本語", 7), strings.Repeat("日本語", 12), 2, 10)
	f.Add("e\u0301", "", 1, 8)
	f.Add("\u0605", "\u0605", 1, 8)
	f.Add("\uFFFE", "250 \uFFFF", 1, 8)
	list := []wire.Stage{
		wire.StageConnect, wire.StageGreeting, wire.StageHello, wire.StageTLS, wire.StageHandshake, wire.StageAuth,
		wire.StageMail, wire.StageRcpt, wire.StageData, wire.StageContent, wire.StageDot, wire.StageQuit,
	}
	f.Fuzz(func(t *testing.T, server, text string, dir, stage int) {
		s := newScript(server)
		for i := range 3 {
			s.add(wire.Direction(uint(dir+i)%3), list[uint(stage)%uint(len(list))], time.Millisecond, text, text)
		}
		for _, ascii := range []bool{false, true} {
			var out bytes.Buffer
			if err := s.Text(&out, ascii); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(out.String()) {
				checkLine(t, strings.TrimSuffix(line, "\n"), ascii)
			}
		}
		checkXML(t, s.SVG)
	})
}

func checkLine(t *testing.T, line string, ascii bool) {
	t.Helper()
	if n := termtext.Columns(line); n > 80 {
		t.Errorf("%d columns: %s", n, line)
	}
	for _, r := range line {
		isVisible := unicode.Is(unicode.Prepended_Concatenation_Mark, r) || !unicode.In(r, unicode.Cc, unicode.Cf)
		if !isVisible || ascii && r > 0x7E {
			t.Errorf("%q in %q", r, line)
		}
	}
}
