package compose

import (
	"strings"
	"testing"
)

// statusReport returns a delivery status notification (RFC 3464).
func statusReport() *Message {
	m := letter()
	m.Boundary = "b"
	m.Text = textPart("Not delivered.\n")
	m.Report = "delivery-status"
	status := part("", "Reporting-MTA: dns; mail.example.org\n\nFinal-Recipient: rfc822; bob@example.org\n")
	status.Type = "message/delivery-status"
	original := part("", "Subject: Grüße\n\nText\n")
	original.Type = "message/rfc822"
	m.Files = []Part{status, original}
	return m
}

func TestReport(t *testing.T) {
	_, body, _ := strings.Cut(write(t, statusReport()), "MIME-Version: 1.0\n")
	const want = `Content-Type: multipart/report; report-type=delivery-status;
 boundary="=_1_b"
Content-Transfer-Encoding: 8bit

--=_1_b
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 7bit

Not delivered.

--=_1_b
Content-Type: message/delivery-status
Content-Transfer-Encoding: 7bit

Reporting-MTA: dns; mail.example.org

Final-Recipient: rfc822; bob@example.org

--=_1_b
Content-Type: message/rfc822
Content-Transfer-Encoding: 8bit

Subject: Grüße

Text

--=_1_b--
`
	if body != want {
		t.Errorf("got\n%s\nwant\n%s", body, want)
	}
}

func TestReportRefused(t *testing.T) {
	for name, change := range map[string]func(*Message){
		"no text":      func(m *Message) { m.Text = nil },
		"no token":     func(m *Message) { m.Report = "a b" },
		"a line":       func(m *Message) { m.Report = "a\r\nBcc: x@example.org" },
		"plain report": func(m *Message) { m.Plain, m.Files = true, nil },
	} {
		t.Run(name, func(t *testing.T) {
			m := statusReport()
			change(m)
			wantError(t, m, ErrArgument, "a report must have a text, and a token as its report-type")
		})
	}
}
