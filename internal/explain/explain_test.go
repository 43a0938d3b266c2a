package explain

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mailpipe/internal/termtext"
	"mailpipe/wire"
)

var marks = map[wire.Direction]string{wire.DirSent: "C: ", wire.DirReceived: "S: ", wire.DirNote: "-- "}

// An output collects what an Explainer prints.
type output struct{ lines []string }

func (o *output) print(dir wire.Direction, line string) { o.lines = append(o.lines, marks[dir]+line) }

// play explains a dialogue and returns what is printed. A line has a stage and a text;
// C:, S:, --, or == for a decision begins the text. A line that begins with C+ is sent
// with the one before it. The content is everything after > in a line, with CRLF for |.
func play(t *testing.T, dialogue string) string {
	t.Helper()
	var out output
	x := New(100, out.print)
	dirs := map[string]wire.Direction{
		"C:": wire.DirSent, "C+": wire.DirSent, "S:": wire.DirReceived, "--": wire.DirNote, "==": wire.DirDecision,
	}
	group := 0
	for line := range strings.Lines(strings.TrimSpace(dialogue)) {
		line = strings.TrimSpace(line)
		if content, ok := strings.CutPrefix(line, ">"); ok {
			fmt.Fprint(x, strings.ReplaceAll(content, "|", "\r\n"))
			continue
		}
		stage, rest, _ := strings.Cut(line, " ")
		mark, text, _ := strings.Cut(rest, " ")
		dir, ok := dirs[mark]
		if !ok {
			t.Fatalf("unknown mark in %q", line)
		}
		if mark == "C:" {
			group++
		}
		x.Event(wire.Event{Dir: dir, Stage: wire.Stage(stage), Text: text, Group: group})
	}
	return strings.Join(out.lines, "\n")
}

// checkOutput compares what is printed with what is expected.
func checkOutput(t *testing.T, got, want string) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(want), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimLeft(line, "\t")
	}
	if diff := cmp.Diff(strings.Join(lines, "\n"), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The meaning of a code depends on what it answers, also in a group.
func TestReplies(t *testing.T) {
	checkOutput(t, play(t, `
		connect -- connected to smtp.example.org:25
		greeting S: 220 smtp.example.org ESMTP
		EHLO C: EHLO client.example.org
		EHLO S: 250-smtp.example.org
		EHLO S: 250-size 1000
		EHLO S: 250 X-OTHER
		MAIL C: RSET
		MAIL C+ MAIL FROM:<> SIZE=1 RET=HDRS FOO=bar
		RCPT C+ RCPT TO:<bob@example.org>
		MAIL S: 250 2.0.0 Ok
		MAIL S: 250 2.1.0 Ok
		RCPT S: 250 2.1.5 Ok
		DATA C: DATA
		DATA S: 354 go on
		dot C: .
		dot S: 250-2.6.0 two lines
		dot S: 250 2.6.0 queued
		QUIT C: QUIT
		QUIT S: 221 bye
	`), `
		-- connected to smtp.example.org:25
		-- The connection is made; the server speaks first (RFC 5321 §3.1).
		S: 220 smtp.example.org ESMTP
		-- (1) The server is ready (RFC 5321 §3.1).
		C: EHLO client.example.org
		-- (2) The client gives its name and asks for the extensions (RFC 5321 §4.1.1.1).
		S: 250-smtp.example.org
		-- (3) The name of the server; each line that follows is an extension (RFC 5321 §4.1.1.1).
		S: 250-size 1000
		-- (3) The server says how many octets a message may have; 0 or nothing: any (RFC 1870 §4).
		S: 250 X-OTHER
		-- (3) An extension that mailpipe does not use (RFC 5321 §2.2.2).
		C: RSET
		-- (4) The client gives up the mail that it has begun (RFC 5321 §4.1.1.5).
		C: MAIL FROM:<> SIZE=1 RET=HDRS FOO=bar
		-- (4) A mail begins, and no notice about it may be sent (RFC 5321 §4.5.5);
		-- (4) SIZE is the length of the message in octets (RFC 1870 §6);
		-- (4) RET asks for the header alone in a notice (RFC 3461 §4.3);
		-- (4) an extension defines the other parameter (RFC 5321 §4.1.1.11);
		-- (4) sent without waiting (RFC 2920 §3.1).
		C: RCPT TO:<bob@example.org>
		-- (4) A recipient, whatever is in To (RFC 5321 §4.1.1.3); sent without waiting (RFC 2920 §3.1).
		S: 250 2.0.0 Ok
		-- (5) The server has forgotten the mail that was begun (RFC 5321 §4.1.1.5);
		-- (5) 2.0.0: success (RFC 3463 §3.1).
		S: 250 2.1.0 Ok
		-- (6) The sender is accepted (RFC 5321 §3.3); 2.1.0: the address is accepted (RFC 3463 §3.2).
		S: 250 2.1.5 Ok
		-- (7) The recipient is accepted (RFC 5321 §3.3); 2.1.5: the recipient is valid (RFC 3463 §3.2).
		C: DATA
		-- (8) The client asks to send the content (RFC 5321 §4.1.1.4).
		S: 354 go on
		-- (9) The server waits for the content, up to a line of one dot (RFC 5321 §4.1.1.4).
		C: .
		-- (10) A line of one dot ends the content: now the server decides (RFC 5321 §4.1.1.4).
		S: 250-2.6.0 two lines
		-- (11) The server is now responsible for the mail (RFC 5321 §6.1);
		-- (11) 2.6.0: about the content (RFC 3463 §3.7).
		S: 250 2.6.0 queued
		-- (11) The same reply goes on, as the hyphen after the code said (RFC 5321 §4.2.1).
		C: QUIT
		-- (12) The client says that it is done (RFC 5321 §4.1.1.10).
		S: 221 bye
		-- (13) The server closes the connection (RFC 5321 §4.1.1.10).
	`)
}

// In LMTP, each recipient has a final reply.
func TestLMTP(t *testing.T) {
	got := play(t, `
		EHLO C: LHLO client.example.org
		EHLO S: 250 here
		dot C: .
		QUIT C+ QUIT
		dot S: 250 2.1.5 bob
		dot S: 452 4.2.2 carol
		QUIT S: 221 bye
	`)
	for _, want := range []string{
		"C: LHLO client.example.org\n" +
			"-- (1) As EHLO, but in LMTP, which has a final reply for each recipient (RFC 2033 §4.1).",
		"S: 250 2.1.5 bob\n-- (4) The server is now responsible for the mail (RFC 5321 §6.1);",
		"S: 452 4.2.2 carol\n-- (5) The server has no room for the mail now; try again later (RFC 5321 §4.2.5);",
		"-- (5) 4.2.2: the mailbox is full (RFC 3463 §3.3).",
		"S: 221 bye\n-- (6) The server closes the connection (RFC 5321 §4.1.1.10).",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("missing:\n%s\nin:\n%s", want, got)
		}
	}
}

func TestLogin(t *testing.T) {
	checkOutput(t, play(t, `
		AUTH C: AUTH SCRAM-SHA-256 [hidden]
		AUTH S: 334 [hidden]
		AUTH C: [hidden]
		AUTH S: 535 5.7.8 no
		AUTH -- SCRAM-SHA-256 was refused, trying PLAIN
		AUTH C: AUTH PLAIN [hidden]
		AUTH S: 235 2.7.0 welcome
	`), `
		C: AUTH SCRAM-SHA-256 [hidden]
		-- (1) The client begins to log in (RFC 4954 §4);
		-- (1) SCRAM proves the password without sending it (RFC 7677 §3).
		S: 334 [hidden]
		-- (2) The server challenges the client to answer (RFC 4954 §4).
		C: [hidden]
		-- (3) The client answers the challenge, which is not shown (RFC 4954 §4).
		S: 535 5.7.8 no
		-- (4) User or password is wrong (RFC 4954 §6); 5.7.8: user or password is wrong (RFC 4954 §6).
		-- SCRAM-SHA-256 was refused, trying PLAIN
		-- mailpipe tries another mechanism (RFC 4954 §4).
		C: AUTH PLAIN [hidden]
		-- (5) The client begins to log in (RFC 4954 §4);
		-- (5) PLAIN sends user and password in base64 (RFC 4616 §2).
		S: 235 2.7.0 welcome
		-- (6) The login is accepted (RFC 4954 §6); 2.7.0: the login succeeded (RFC 4954 §6).
	`)
}

// A decision has no line of its own, and counts the recipients that were refused.
func TestRefusedRecipients(t *testing.T) {
	for _, tt := range []struct {
		replies, decision, want string
	}{
		{"550", string(wire.DecisionNoContent),
			"-- The recipient was refused: the connection is closed without content (RFC 2920 §3.1)."},
		{"550 450", string(wire.DecisionNoContent),
			"-- Both recipients were refused: the connection is closed without content (RFC 2920 §3.1)."},
		{"550 550 550", string(wire.DecisionNoContent),
			"-- All 3 recipients were refused: the connection is closed without content (RFC 2920 §3.1)."},
		{"250 550", string(wire.DecisionSomeRecipients),
			"-- 1 of 2 recipients was refused: the content is for the others (RFC 5321 §3.3)."},
		{"550 250 550", string(wire.DecisionNone),
			"-- 2 of 3 recipients were refused: as requested, no recipient gets the mail (RFC 5321 §3.3)."},
	} {
		dialogue := "MAIL C: MAIL FROM:<a@example.org>\n"
		codes := strings.Fields(tt.replies)
		dialogue += strings.Repeat("RCPT C+ RCPT TO:<b@example.org>\n", len(codes)) + "MAIL S: 250 ok\n"
		for _, code := range codes {
			dialogue += "RCPT S: " + code + " x\n"
		}
		got := play(t, dialogue+"RCPT == "+tt.decision)
		got = got[strings.LastIndex(got, "\n")+1:]
		if got != tt.want {
			t.Errorf("%s: %s\nwant %s", tt.replies, got, tt.want)
		}
	}
}

// Whatever is said, each event and each line of the content that is shown has a
// sentence, and the lines of a sentence fit.
func FuzzExplain(f *testing.F) {
	f.Add("EHLO x", "250-x", "Subject: x\r\n\r\n.\r\n", 0, 2)
	f.Add("", "", "", 3, 9)
	f.Add("MAIL", "4", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--\n", 1, 6)
	f.Add("x", "(1", strings.Repeat("x", 30_000), 2, 11)
	f.Add("BDAT", "550 5.999.999", strings.Repeat("x", 10_000), 2, 10)
	stages := []wire.Stage{
		wire.StageConnect, wire.StageGreeting, wire.StageHello, wire.StageLHLO, wire.StageTLS, wire.StageHandshake,
		wire.StageAuth, wire.StageMail, wire.StageRcpt, wire.StageData, wire.StageContent, wire.StageDot, wire.StageQuit,
	}
	sentence := regexp.MustCompile(`^-- .*\(RFC \d{4} §[^)]+\)[.;]|^-- \d+ more lines? `)
	f.Fuzz(func(t *testing.T, sent, received, content string, dir, stage int) {
		var out output
		x := New(100, out.print)
		i := int(uint(stage) % uint(len(stages)))
		for n, text := range []string{sent, received, sent, received} {
			before := len(out.lines)
			e := wire.Event{Dir: wire.Direction((uint(dir) + uint(n)) % 3), Stage: stages[i], Text: text, Group: n / 2}
			x.Event(e)
			if len(out.lines) < before+2 {
				t.Errorf("no sentence for %v", e)
			}
			x.Write([]byte(content))
			if stages[i] == wire.StageDot { // elsewhere it may continue
				checkSentences(t, sentence, text, out.lines[before+1:])
			}
		}
	})
}

// checkSentences checks each sentence in lines. A note of the dialogue may look like
// one: note is not.
func checkSentences(t *testing.T, sentence *regexp.Regexp, note string, lines []string) {
	t.Helper()
	for _, line := range lines {
		if line == "-- "+note || !strings.HasPrefix(line, "-- (") {
			continue
		}
		if termtext.Columns(line) > 100 || !sentence.MatchString(line) {
			t.Errorf("%q has %d columns, or names no section", line, termtext.Columns(line))
		}
	}
}
