package compose

import "testing"

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
