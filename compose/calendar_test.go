package compose

import (
	"errors"
	"io"
	"strings"
	"testing"
)

func TestCalendarMethod(t *testing.T) {
	for in, want := range map[string]string{
		"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n":                     "REQUEST",
		"begin:vcalendar\nmethod:reply \nend:vcalendar\n":                            "REPLY",
		"\uFEFFBEGIN:VCALENDAR\nMETHOD:CANCEL\n":                                     "CANCEL",
		"BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nEND:VTIMEZONE\nMETHOD:REQUEST\n":          "REQUEST", // after a component
		"BEGIN:VCALENDAR\nBEGIN:VEVENT\nMETHOD:REQUEST\nEND:VEVENT\nEND:VCALENDAR\n": "",        // the event's own
		"METHOD:REQUEST\n": "",
		"BEGIN:VCALENDAR\r\nMETHOD:REQ\r\n UE\r\n\tST\r\n": "REQUEST", // folded
		"BEGIN:VCALENDAR\nMETH\n OD;X-A=b:CANCEL\n":        "CANCEL",  // with a parameter
		"BEGIN:VCALENDAR\nMETHOD:a b\"\n":                  "",
		"BEGIN:VCALENDAR\nDESCRIPTION:METHOD:PUBLISH\n":    "",
		"": "",
	} {
		if got := calendarMethod([]byte(in)); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// A file that became shorter is reported as changed, however it is read.
func TestShorterThanItsSize(t *testing.T) {
	for _, c := range []struct{ mediaType, encoding, head string }{
		{"text/calendar", "", "BEGIN:VCALENDAR\nMETHOD:REQUEST\n"},
		{"message/rfc822", "", "Subject: x\n\n"},
		{"application/octet-stream", "8bit", ""},
	} {
		for _, size := range []int{0, headSize, 3 * readSize} {
			p := part("file", c.head+strings.Repeat("x\n", size/2))
			p.Type, p.Encoding = c.mediaType, c.encoding
			p.Size += 10
			m := letter()
			m.Files = []Part{p}
			if _, err := m.Plan(); !errors.Is(err, ErrChanged) {
				t.Errorf("%s with %d octets: %v, want %v", c.mediaType, size, err, ErrChanged)
			}
		}
	}
}

// One from Windows, with a mark: the part beside the text is UTF-8, the file its own octets.
func TestWideInvitation(t *testing.T) {
	const invitation = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:été\r\nEND:VCALENDAR\r\n"
	for _, charset := range []string{"utf-16le", "utf-16be"} {
		wide, _ := wideEncoding(charset, nil).NewEncoder().String("\uFEFF" + invitation)
		p := part("i.ics", wide)
		p.Type = "text/calendar; charset=" + charset
		m := letter()
		m.Files = []Part{p}
		_, leaves := readBack(t, write(t, m))
		if len(leaves) != 2 || leaves[0].params["method"] != "REQUEST" || leaves[1].params["method"] != "REQUEST" {
			t.Fatalf("%s: %+q", charset, leaves)
		}
		if leaves[0].params["charset"] != "utf-8" || leaves[0].body != strings.ReplaceAll(invitation, "\r", "") ||
			leaves[1].body != "\uFEFF"+invitation {
			t.Errorf("%s: %+q", charset, leaves)
		}
	}
}

// RFC 5545 §3.1 folds octets: a line may be folded inside a character.
func TestCalendarFoldedInsideACharacter(t *testing.T) {
	const begin, end = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\n", "END:VCALENDAR\r\n"
	for name, c := range map[string]struct{ in, want string }{
		"inside é": {"SUMMARY:Gr\xC3\r\n \xBC\xC3\n\t\x9Fe\n", "SUMMARY:Grüße\n"},
		"inside 😀": {"SUMMARY:\xF0\r\n \x9F\r\n \x98\r\n \x80\r\n", "SUMMARY:😀\n"},
		"twice":    {"SUMMARY:\xC3\r\n \xA9 \xC3\r\n \xA9\r\n", "SUMMARY:é é\n"},
		"long line": {
			"SUMMARY:" + strings.Repeat("é", 33) + "\xC3\r\n \xA9" + strings.Repeat("é", 26) + "😀\r\n",
			"SUMMARY:" + strings.Repeat("é", 33) + "\n " + strings.Repeat("é", 27) + "😀\n",
		},
		"between":  {"SUMMARY:Gr\r\n ü\r\n", "SUMMARY:Gr\n ü\n"}, // stays as it is
		"an octet": {"SUMMARY:\xC3\r\n \xA9\xE4\r\n", "SUMMARY:éä\n"},
		"latin1":   {"SUMMARY:Gr\xFC\r\n n\r\n", "SUMMARY:Grün\n"},
	} {
		t.Run(name, func(t *testing.T) {
			m := letter()
			m.Detect = byName
			m.Files = []Part{part("i.ics", begin+c.in+end)}
			_, leaves := readBack(t, write(t, m))
			if len(leaves) != 2 {
				t.Fatalf("%s", summary(leaves))
			}
			want := strings.ReplaceAll(begin, "\r", "") + c.want + strings.ReplaceAll(end, "\r", "")
			if got := strings.ReplaceAll(leaves[0].body, "\r", ""); got != want {
				t.Errorf("beside the text is %q, want %q", got, want)
			}
			if leaves[1].body != begin+c.in+end {
				t.Errorf("the file is %q", leaves[1].body)
			}
		})
	}
}

// The charset that the file declares is that of its unfolded lines.
func TestCharsetOfFoldedCalendar(t *testing.T) {
	for _, tt := range []struct{ in, detected, want string }{
		{"SUMMARY:\xC3\r\n \xA9\r\n", "euc-kr", "utf-8"},
		{"SUMMARY:\xC3\r\n \xA9\r\n", "utf-8", "utf-8"},
		{"SUMMARY:\xE9\r\n", "iso-8859-1", "iso-8859-1"},
		{"SUMMARY:e\r\n", "us-ascii", "us-ascii"},
		{"S\x00U\x00", "utf-16le", "utf-16le"},
		{"SUMMARY:\xC3\r\n \xA9\r\n", "", ""},
	} {
		m := letter()
		m.Detect = func(string, []byte, io.ReaderAt, int64) (mediaType, charset string, err error) {
			return "text/calendar", tt.detected, nil
		}
		m.Files = []Part{part("i.ics", tt.in)}
		_, leaves := readBack(t, write(t, m))
		if got := leaves[len(leaves)-1].params["charset"]; got != tt.want {
			t.Errorf("%q, detected as %s, is declared as %q, want %q", tt.in, tt.detected, got, tt.want)
		}
	}
}
