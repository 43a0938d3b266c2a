package submit

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"mailpipe/wire"
)

// A recorder is a Session that keeps what it was given.
type recorder struct {
	mails []string
	errs  []error
}

func (r *recorder) session() *Session {
	return &Session{
		Host:     "web1",
		MaxMails: 100,
		Reply: func(stage wire.Stage, address string) Reply {
			if stage == wire.StageRcpt && address == "nobody" {
				return Reply{550, "5.1.1 unknown\r\n250 user"}
			}
			return Reply{}
		},
		Deliver: func(m *Mail, content io.Reader) Reply {
			text, err := io.ReadAll(content)
			r.errs = append(r.errs, err)
			if err == nil {
				r.mails = append(r.mails, fmt.Sprintf("%+v %q", *m, text))
			}
			return Reply{250, "2.0.0 queued"}
		},
	}
}

// talk returns the replies to what a client writes, without their texts.
func talk(t *testing.T, input io.Reader) (codes string, r *recorder, replies string) {
	t.Helper()
	r = &recorder{}
	var out strings.Builder
	if err := r.session().Serve(input, &out, time.Minute); err != nil {
		t.Fatal(err)
	}
	var all []string
	for line := range strings.Lines(out.String()) {
		if !strings.HasSuffix(line, "\r\n") || len(line) < 5 {
			t.Errorf("%q", line)
		}
		if line[3] == ' ' {
			all = append(all, line[:3])
		}
	}
	return strings.Join(all, " "), r, out.String()
}

func TestDialogue(t *testing.T) {
	for _, c := range []struct{ in, codes, mail string }{
		{"QUIT\n", "220 221", ""},
		{"", "220", ""},
		{"EHLO me\nNOOP\nVRFY x\nHELP\nRSET\nEXPN x\nquit\n", "220 250 250 252 214 250 500 221", ""},
		{"EHLO\nHELO\nAUTH PLAIN\nSTARTTLS\nBDAT 3 LAST\n", "220 501 501 500 500 500", ""},
		{
			"HELO me\nmail from:<a@b> \nrcpt to: <c@d>\nRCPT TO:<\"x>y\"@d>\nRCPT TO:root\nDATA\nx\n\ny\n.\nQUIT\n",
			"220 250 250 250 250 250 354 250 221",
			`{Hello:me Extended:false From:a@b To:[c@d "x>y"@d root] Return: EnvelopeID: Notify:map[]} "x\n\ny\n"`,
		},
		{
			"EHLO me\nMAIL FROM:<> SIZE=3 BODY=8BITMIME SMTPUTF8 RET=hdrs ENVID=a+2Bb\n" +
				"RCPT TO:<c@d> NOTIFY=never ORCPT=rfc822;x\nDATA\n.\n",
			"220 250 250 250 354 250",
			`{Hello:me Extended:true From: To:[c@d] Return:HDRS EnvelopeID:a+b Notify:map[c@d:NEVER]} ""`,
		},
		{
			"EHLO me\nMAIL FROM:<>\nRCPT TO:<a> NOTIFY=never\nRCPT TO:<b>\nRCPT TO:<c> NOTIFY=DELAY\n" +
				"RCPT TO:<d> NOTIFY=NEVER\nDATA\n.\n",
			"220 250 250 250 250 250 250 354 250",
			`{Hello:me Extended:true From: To:[a b c d] Return: EnvelopeID: Notify:map[a:NEVER c:DELAY d:NEVER]} ""`,
		},
		{
			"EHLO me\nMAIL FROM:<>\nRCPT TO:<a> NOTIFY=\nRCPT TO:<a> NOTIFY=x\nRCPT TO:<a> NOTIFY=NEVER,DELAY\n" +
				"RCPT TO:<a> NOTIFY\nRCPT TO:<a> NOTIFY=delay,success\nDATA\n.\n",
			"220 250 250 555 555 555 555 250 354 250",
			`{Hello:me Extended:true From: To:[a] Return: EnvelopeID: Notify:map[a:DELAY,SUCCESS]} ""`,
		},
		{"RCPT TO:<a@b>\nDATA\n", "220 503 503", ""},
		{"MAIL FROM:<a>\nDATA\nMAIL FROM:<b>\nRSET\nMAIL FROM:<b>\n", "220 250 503 503 250 250", ""},
		{
			"MAIL TO:<a>\nMAIL\nMAIL FROM:\nMAIL FROM:<a\nMAIL FROM:<a> X=y\nMAIL FROM:<a> ENVID=+zz\n",
			"220 501 501 501 501 555 555", "",
		},
		{"MAIL FROM:<a> BODY=BINARYMIME\nMAIL FROM:<a> RET=x\n", "220 555 555", ""},
		{"MAIL FROM:<a>\nRCPT TO:<>\nRCPT TO:<nobody>\nRCPT TO:<b> Z\nDATA x\nDATA\n", "220 250 501 550 555 501 503", ""},
		{"NOOP " + strings.Repeat("x", 100_000) + "\nNOOP\n", "220 500 250", ""},
		{"MAIL FROM:<a>\nRCPT TO:<b>\nDATA\nx\n", "220 250 250 354", ""},
		{"MAIL FROM:<a>\nRCPT TO:<b>\nDATA\nx\n.", "220 250 250 354", ""},
	} {
		for _, eol := range []string{"\n", "\r\n"} {
			in := strings.ReplaceAll(c.in, "\n", eol)
			for _, r := range []io.Reader{strings.NewReader(in), iotest.OneByteReader(strings.NewReader(in))} {
				codes, got, replies := talk(t, r)
				mail := strings.ReplaceAll(strings.Join(got.mails, "\n"), `\r\n`, `\n`)
				if codes != c.codes || mail != c.mail {
					t.Errorf("%.200q:\n got %s, %s\nwant %s, %s\n%s", in, codes, mail, c.codes, c.mail, replies)
				}
			}
		}
	}
}

// The end of the input before the final dot is an error of the content.
func TestCutOff(t *testing.T) {
	_, r, _ := talk(t, strings.NewReader("MAIL FROM:<a>\r\nRCPT TO:<b>\r\nDATA\r\nx\r\n"))
	if len(r.errs) != 1 || r.errs[0] != io.ErrUnexpectedEOF {
		t.Error(r.errs)
	}
}

// Dots are removed, and only a line of one dot ends the content: in the content of a
// client that writes CRLF, only such a line ends it.
func TestDots(t *testing.T) {
	long := strings.Repeat("x", 200_000)
	for _, c := range []struct {
		in   string // after DATA, with the final dot
		lf   bool
		want string
	}{
		{"a\r\n..b\r\n...\r\n.c\r\n.\r\n", false, "a\r\n.b\r\n..\r\nc\r\n"},
		{"a\n..b\n.\n", true, "a\n.b\n"},
		{"a\r\n.\r\n", true, "a\r\n"},
		{"a\n.\nb\n.\r\nc\r\n.\r\n", false, "a\n.\nb\n.\r\nc\r\n"},
		{"a\r\n.\nb\r\n.\r\n", false, "a\r\n\nb\r\n"},
		{"a\r.\r\n.\r\n", false, "a\r.\r\n"},
		{"." + long + "\r\n" + long + ".\r\n.\r\n", false, long + "\r\n" + long + ".\r\n"},
		{strings.Repeat("y", 64<<10-1) + "\r\n.\r\n", false, strings.Repeat("y", 64<<10-1) + "\r\n"},
		{strings.Repeat("y", 64<<10-2) + "\r\n.\r\n", false, strings.Repeat("y", 64<<10-2) + "\r\n"},
		{strings.Repeat("y", 64<<10) + "\n.\n", true, strings.Repeat("y", 64<<10) + "\n"},
	} {
		eol := "\r\n"
		if c.lf {
			eol = "\n"
		}
		in := strings.ReplaceAll("MAIL FROM:<a>~RCPT TO:<b>~DATA~", "~", eol) + c.in + "QUIT" + eol
		for _, r := range []io.Reader{strings.NewReader(in), iotest.HalfReader(strings.NewReader(in))} {
			codes, got, _ := talk(t, r)
			want := fmt.Sprintf("{Hello: Extended:false From:a To:[b] Return: EnvelopeID: Notify:map[]} %q", c.want)
			if codes != "220 250 250 354 250 221" || len(got.mails) != 1 || got.mails[0] != want {
				t.Errorf("%.100q: got %s, %.200q", c.in, codes, got.mails)
			}
		}
	}
}

func TestLimits(t *testing.T) {
	codes, _, _ := talk(t, strings.NewReader("MAIL FROM:<a>\n"+strings.Repeat("RCPT TO:<b>\n", 1001)))
	if want := "220" + strings.Repeat(" 250", 1001) + " 452"; codes != want {
		t.Error(codes)
	}
	codes, r, _ := talk(t, strings.NewReader(strings.Repeat("MAIL FROM:<a>\nRCPT TO:<b>\nDATA\n.\n", 101)+"NOOP\n"))
	if len(r.mails) != 100 || !strings.HasSuffix(codes, " 354 250 421") {
		t.Errorf("%d mails, %s", len(r.mails), codes[len(codes)-40:])
	}
}

func TestIdle(t *testing.T) {
	r, w := io.Pipe()
	defer w.Close()
	go io.WriteString(w, "NOOP\r\n")
	var out strings.Builder
	err := new(recorder).session().Serve(r, &out, 50*time.Millisecond)
	if err != nil || !strings.HasSuffix(out.String(), "\r\n421 4.4.2 idle for too long\r\n") {
		t.Errorf("%v, %q", err, out.String())
	}
}

// A text of a reply cannot begin another reply.
func TestOneLine(t *testing.T) {
	_, _, replies := talk(t, strings.NewReader("MAIL FROM:<a>\r\nRCPT TO:<nobody>\r\n"))
	if !strings.Contains(replies, "550 5.1.1 unknown  250 user\r\n") {
		t.Errorf("%q", replies)
	}
}

// Whatever a client sends, the replies are lines of SMTP, and no mail has content of the
// client without its end.
func FuzzSession(f *testing.F) {
	f.Add("EHLO x\r\nMAIL FROM:<a>\r\nRCPT TO:<b>\r\nDATA\r\nx\r\n.\r\nQUIT\r\n")
	f.Add("EHLO x\nMAIL FROM:<a>\nRCPT TO:<b>\nBDAT 3\nabcBDAT 0 LAST\nAUTH PLAIN AGEAYg==\n")
	f.Add("MAIL FROM:<a>\nRCPT TO:<b>\nBDAT 99999999999999999999 LAST\nBDAT -1\nBDAT 3\nx")
	f.Fuzz(func(t *testing.T, in string) {
		r := &recorder{}
		s := r.session()
		s.Login = &Login{User: "a", Password: "b", Clear: true}
		if len(in)%2 == 0 {
			s.Login = nil
		}
		s.Strict = len(in)%4 == 0
		s.Chunking = len(in)%3 > 0
		var out strings.Builder
		if err := s.Serve(strings.NewReader(in), &out, time.Minute); err != nil {
			t.Error(err)
		}
		for line := range strings.Lines(out.String()) {
			if !replyLine.MatchString(line) {
				t.Errorf("%q", line)
			}
		}
		for _, err := range r.errs {
			if err != nil && err != io.ErrUnexpectedEOF {
				t.Error(err)
			}
		}
	})
}

var replyLine = regexp.MustCompile(`^[2-5]\d\d[ -][^\r\n]*\r\n$`)

// The content is traced as the client sends it: with dots doubled after DATA, before its
// size, and after each BDAT. Also content that Deliver does not read is traced.
func TestTraceContent(t *testing.T) {
	const envelope = "EHLO x\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@x>\r\n"
	for _, tt := range []struct{ content, want string }{
		{"DATA\r\nSubject: x\r\n\r\n..\r\n.\r\n", "DATA|Subject: x\r\n\r\n..\r\n|17 octets|.|"},
		{"BDAT 4\r\na\r\n.BDAT 3 LAST\r\n\r\n.", "BDAT 4|a\r\n.|BDAT 3 LAST|\r\n.|"},
	} {
		for _, isRead := range []bool{true, false} {
			r := &recorder{}
			s := r.session()
			s.Chunking = true
			if !isRead {
				s.Deliver = func(*Mail, io.Reader) Reply { return Reply{550, "5.7.1 no"} }
			}
			var out strings.Builder
			s.Trace = func(e wire.Event) {
				if text := out.String(); text != "" && !strings.HasSuffix(text, "|") {
					out.WriteString("|")
				}
				if e.Dir == wire.DirSent {
					out.WriteString(e.Text + "|")
				}
			}
			s.TraceContent = &out
			if err := s.Serve(strings.NewReader(envelope+tt.content), io.Discard, time.Minute); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(out.String(), tt.want) {
				t.Errorf("read %v: traced %q, want %q", isRead, out.String(), tt.want)
			}
		}
	}
}
