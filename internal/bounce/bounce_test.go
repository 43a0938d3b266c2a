package bounce

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"os/exec"
	"strings"
	"testing"
	"time"

	"mailpipe/internal/message"
	"mailpipe/internal/spool"
	"mailpipe/internal/testservers"
)

var created = time.Date(2026, 11, 24, 3, 0, 1, 0, time.UTC)

const mail = "From: Alice <alice@example.org>\r\nTo: bob@example.org\r\n" +
	"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nMessage-ID: <1@example.org>\r\n\r\nThe report.\r\n"

// failed returns the notice about a mail that one recipient has, that a server
// refused for another, and that expired for a third.
func failed() *Notice {
	return &Notice{
		Envelope: &spool.Envelope{
			ID: "20261124T030001Z-x7kq3f", Created: created, State: spool.Failed, From: "alice@example.org",
			Recipients: []spool.Recipient{
				{Address: "anna@example.org", Outcome: "accepted", Code: 250, Reply: "queued"},
				{Address: "bob@example.org", Outcome: "refused", Code: 550, Enhanced: "5.1.1", Reply: "no such user"},
				{Address: "carol@example.org", Outcome: "deferred", Code: 451, Enhanced: "4.7.1", Reply: "greylisted"},
				{Address: "jürgen@example.org"},
			},
			MessageID: "<1@example.org>", Attempts: 28, Last: created.Add(5 * 24 * time.Hour), MaxAge: 5 * 24 * 3600,
			Reason: "smtp://relay: connect: connection refused",
		},
		Content: strings.NewReader(mail),
		To:      "alice@example.org",
		Host:    "cron.example.org",
		Now:     created.Add(5 * 24 * time.Hour),
	}
}

// write returns the notice as it is sent, with the random parts replaced.
func write(t *testing.T, n *Notice) string {
	t.Helper()
	plan, err := n.Plan()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := plan.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	header, _, _ := strings.Cut(b.String(), "\r\n\r\n")
	_, boundary, _ := strings.Cut(header, `boundary="`)
	boundary, _, _ = strings.Cut(boundary, `"`)
	_, id, _ := strings.Cut(header, "Message-ID: ")
	id, _, _ = strings.Cut(id, "\r\n")
	return strings.NewReplacer(boundary, "BOUNDARY", id, "<ID>", "\r\n", "\n").Replace(b.String())
}

func TestFailed(t *testing.T) {
	const want = `From: "Mail delivery on cron.example.org" <alice@example.org>
To: alice@example.org
Subject: Not delivered: =?utf-8?B?R3LDvMOfZQ==?=
Date: Sun, 29 Nov 2026 03:00:01 +0000
Message-ID: <ID>
In-Reply-To: <1@example.org>
References: <1@example.org>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
 boundary="BOUNDARY"

--BOUNDARY
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

This message could not be delivered.

    Subject: Gr=C3=BC=C3=9Fe
    Date:    Tue, 24 Nov 2026 03:00:01 +0000
    Host:    cron.example.org

These recipients do not have it, and mailpipe does not try again:

    bob@example.org
        550 5.1.1 no such user
    carol@example.org
        451 4.7.1 greylisted
    j=C3=BCrgen@example.org
        smtp://relay: connect: connection refused

It was tried 28 times in 5 days. On cron.example.org,
"mailpipe queue retry x7kq3f" tries it again.

--BOUNDARY
Content-Type: message/delivery-status
Content-Transfer-Encoding: 7bit

Reporting-MTA: dns; cron.example.org
Arrival-Date: Tue, 24 Nov 2026 03:00:01 +0000

Final-Recipient: rfc822; bob@example.org
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user
Last-Attempt-Date: Sun, 29 Nov 2026 03:00:01 +0000

Final-Recipient: rfc822; carol@example.org
Action: failed
Status: 4.7.1
Diagnostic-Code: smtp; 451 4.7.1 greylisted
Last-Attempt-Date: Sun, 29 Nov 2026 03:00:01 +0000

Final-Recipient: utf-8; j\x{FC}rgen@example.org
Action: failed
Status: 4.4.7
Last-Attempt-Date: Sun, 29 Nov 2026 03:00:01 +0000

--BOUNDARY
Content-Type: message/rfc822
Content-Transfer-Encoding: 7bit

` + "MAIL\n--BOUNDARY--\n"
	got := write(t, failed())
	if want := strings.Replace(want, "MAIL", strings.ReplaceAll(mail, "\r\n", "\n"), 1); got != want {
		t.Errorf("the notice is\n%s\nwant\n%s", got, want)
	}
}

func TestDelayed(t *testing.T) {
	n := failed()
	n.Delayed = true
	n.Envelope.State = spool.Queued
	n.Envelope.DSN = spool.DSN{Notify: "FAILURE,DELAY", Return: "FULL", EnvelopeID: "batch 7"}
	got := write(t, n)
	for _, want := range []string{
		"has not been delivered yet. You need not send it again.\n",
		"mailpipe tries until Sun, 29 Nov 2026 03:00:01 +0000.\n",
		"Original-Envelope-Id: batch 7\n",
		"Final-Recipient: rfc822; carol@example.org\nAction: delayed\nStatus: 4.7.1\n",
		"Will-Retry-Until: Sun, 29 Nov 2026 03:00:01 +0000\n",
		"Content-Type: text/rfc822-headers\nContent-Transfer-Encoding: quoted-printable\n\nFrom: Alice",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
	for _, wrong := range []string{"bob@example.org\n ", "Action: failed", "The report."} {
		if strings.Contains(got, wrong) {
			t.Errorf("%q is in\n%s", wrong, got)
		}
	}
}

// A notice is about the recipients whose own NOTIFY asks for it, or else that of the mail.
func TestRecipients(t *testing.T) {
	for _, test := range []struct {
		all, bob, carol, jürgen string // NOTIFY
		failed, delayed         string
	}{
		{"", "", "", "", "bob carol jürgen", ""},
		{"", "NEVER", "SUCCESS,FAILURE", "", "carol jürgen", ""},
		{"", "FAILURE", "SUCCESS", "DELAY", "bob", "jürgen"},
		{"NEVER", "", "failure,delay", "", "carol", "carol"},
		{"DELAY", "DELAY", "FAILURE", "", "carol", "jürgen"}, // bob was refused
		{"NEVER", "", "", "", "", ""},
	} {
		e := failed().Envelope
		e.DSN.Notify = test.all
		e.Recipients[1].Notify, e.Recipients[2].Notify, e.Recipients[3].Notify = test.bob, test.carol, test.jürgen
		names := func(delayed bool) string {
			var all []string
			for _, r := range recipients(e, delayed) {
				name, _, _ := strings.Cut(r.Address, "@")
				all = append(all, name)
			}
			return strings.Join(all, " ")
		}
		if names(false) != test.failed || names(true) != test.delayed {
			t.Errorf("%+v: %q failed, %q delayed", test, names(false), names(true))
		}
	}
}

// Without a maximum age of its own, a mail is tried for five days.
func TestDelayedByDefault(t *testing.T) {
	n := failed()
	n.Delayed, n.Envelope.State, n.Envelope.MaxAge = true, spool.Queued, 0
	n.Envelope.DSN.Notify = "DELAY"
	got := write(t, n)
	for _, want := range []string{
		"mailpipe tries until Sun, 29 Nov 2026 03:00:01 +0000.\n",
		"Will-Retry-Until: Sun, 29 Nov 2026 03:00:01 +0000\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
}

// What RET asks for decides whether the mail is returned, or else its size and
// whether every server could carry it.
func TestReturned(t *testing.T) {
	long := mail + strings.Repeat("x\r\n", fullMax/3)
	for name, tt := range map[string]struct {
		content, ret string
		eightBit     bool
		want         string
	}{
		"short":          {mail, "", false, "message/rfc822"},
		"long":           {long, "", false, "text/rfc822-headers"},
		"long, FULL":     {long, "FULL", false, "message/rfc822"},
		"short, HDRS":    {mail, "HDRS", false, "text/rfc822-headers"},
		"8-bit":          {strings.Replace(mail, "The", "Thé", 1), "", true, "text/rfc822-headers"},
		"8-bit, FULL":    {strings.Replace(mail, "The", "Thé", 1), "FULL", true, "message/rfc822"},
		"over 1 MiB":     {mail + strings.Repeat("x\r\n", 1<<19), "FULL", false, "message/rfc822"},
		"8-bit header":   {strings.Replace(mail, "Alice", "Élise", 1), "HDRS", true, "text/rfc822-headers"},
		"header, no end": {"Subject: x\r\n", "", false, "message/rfc822"},
	} {
		t.Run(name, func(t *testing.T) {
			n := failed()
			n.Content = strings.NewReader(tt.content)
			n.Envelope.DSN.Return = tt.ret
			n.Envelope.EightBit = tt.eightBit
			got := write(t, n)
			if !strings.Contains(got, "\nContent-Type: "+tt.want+"\n") {
				t.Errorf("no part of type %s in\n%.3000s", tt.want, got)
			}
		})
	}
}

// The Subject of the mail is readable in the notice, whatever its charset is.
func TestSubject(t *testing.T) {
	n := failed()
	n.Content = strings.NewReader("Subject: =?koi8-r?B?8NLJ18XU?= caf\xe9\r\n\r\n\r\n")
	h, err := message.ReadHeader(strings.NewReader(write(t, n)))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(h.Value("Subject"))
	if want := "Not delivered: Привет café"; err != nil || subject != want {
		t.Errorf("%q, %v, want %q", subject, err, want)
	}
}

// Words of a server and of a message cannot add a field or deceive a reader.
func TestHostile(t *testing.T) {
	n := failed()
	n.Envelope.DSN.Return = "HDRS" // the mail itself is returned as it is
	n.Content = strings.NewReader("Subject: a\x1b[2Jb =?utf-8?q?=E2=80=AEevil=0D=0ABcc:_x@y?=\r\n\r\n\r\n")
	n.Envelope.Recipients[1].Reply = "no\r\nFinal-Recipient: rfc822; x@y\x1b[2J \u202E" + strings.Repeat("long ", 300)
	got := write(t, n)
	for _, wrong := range []string{"\x1b", "\u202E", "\nBcc", "\nFinal-Recipient: rfc822; x@y"} {
		if strings.Contains(got, wrong) {
			t.Errorf("%q is in\n%s", wrong, got)
		}
	}
	for _, line := range strings.Split(got, "\n") {
		if len(line) > columns {
			t.Errorf("a line of %d octets: %s", len(line), line)
		}
	}
}

func TestContentFails(t *testing.T) {
	n := failed()
	want := errors.New("disk on fire")
	n.Content = failing{want}
	if _, err := n.Plan(); !errors.Is(err, want) {
		t.Errorf("Plan returned %v, want %v", err, want)
	}
}

type failing struct{ err error }

func (f failing) WriteTo(io.Writer) (int64, error) { return 0, f.err }

// Python's email package reads the notice as RFC 3464 describes it.
func TestPythonReadsIt(t *testing.T) {
	const script = `
import email, email.policy, sys
m = email.message_from_binary_file(sys.stdin.buffer, policy=email.policy.default)
text, status, original = m.iter_parts()
print(m.get_content_type(), m.get_param("report-type"), m["Subject"])
print(text.get_content().splitlines()[0])
for block in status.get_payload():
    print(sorted(block.items()))
print(original.get_payload(0)["Subject"], len(m.defects))
`
	testservers.Need(t, "python3")
	plan, err := failed().Plan()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := plan.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("python3", "-c", script)
	cmd.Stdin = &b
	cmd.Env = []string{"PYTHONIOENCODING=utf-8"}
	out, err := cmd.CombinedOutput()
	const want = `multipart/report delivery-status Not delivered: Grüße
This message could not be delivered.
[('Arrival-Date', 'Tue, 24 Nov 2026 03:00:01 +0000'), ('Reporting-MTA', 'dns; cron.example.org')]
[('Action', 'failed'), ('Diagnostic-Code', 'smtp; 550 5.1.1 no such user'), ` +
		`('Final-Recipient', 'rfc822; bob@example.org'), ` +
		`('Last-Attempt-Date', 'Sun, 29 Nov 2026 03:00:01 +0000'), ('Status', '5.1.1')]
[('Action', 'failed'), ('Diagnostic-Code', 'smtp; 451 4.7.1 greylisted'), ` +
		`('Final-Recipient', 'rfc822; carol@example.org'), ` +
		`('Last-Attempt-Date', 'Sun, 29 Nov 2026 03:00:01 +0000'), ('Status', '4.7.1')]
[('Action', 'failed'), ('Final-Recipient', 'utf-8; j\\x{FC}rgen@example.org'), ` +
		`('Last-Attempt-Date', 'Sun, 29 Nov 2026 03:00:01 +0000'), ('Status', '4.4.7')]
Grüße 0
`
	if err != nil || string(out) != want {
		t.Errorf("%v\n%s\nwant\n%s", err, out, want)
	}
}
