package message

import (
	"errors"
	"strings"
	"testing"
)

// An mbox of several messages is refused, and the error names the line at which
// the second one begins.
func TestSeries(t *testing.T) {
	const first = "From alice@example.org Thu Jan  1 12:34:56 2026\n" + complete + "\nHello.\n"
	const line = 9 // of the separator after first and an empty line
	for _, c := range []struct{ name, rest string }{
		{"mboxrd", "\nFrom bob@example.org Fri Jan  2 01:02:03 2026\nSubject: two\n\nHello.\n"},
		{"git format-patch", "\n" + patch + "From: a@b\nSubject: [PATCH 2/2] x\n\n---\n"},
		{"Thunderbird", "\nFrom - Fri Jan  2 01:02:03 2026\nX-Mozilla-Status: 0001\n\nHello.\n"},
		{"a day of two digits", "\nFrom bob Fri Jan 23 01:02:03 2026\nReceived: x\n\n"},
		{"a day with a leading zero", "\nFrom bob Fri Jan 02 01:02:03 2026\nReceived: x\n\n"},
		{"no seconds", "\nFrom bob Fri Jan  2 01:02 2026\nReceived: x\n\n"},
		{"a time zone", "\nFrom bob Fri Jan  2 01:02:03 2026 +0100\nReceived: x\n\n"},
		{"a time zone before the year", "\nFrom bob Fri Jan  2 01:02:03 CET 2026\nReceived: x\n\n"},
		{"the null sender", "\nFrom MAILER-DAEMON Fri Jan  2 01:02:03 2026\nReturn-Path: <>\n\n"},
		{"no sender", "\nFrom  Fri Jan  2 01:02:03 2026\nReturn-Path: <>\n\n"},
		{"a sender with spaces", "\nFrom \"b o b\"@x Fri Jan  2 01:02:03 2026\nDate: x\n\n"},
		{"UUCP", "\nFrom bob Fri Jan  2 01:02:03 2026 remote from host\nDate: x\n\n"},
		{"a tab", "\nFrom bob\tFri Jan  2 01:02:03 2026\nDate: x\n\n"},
		{"space before the colon", "\nFrom bob Fri Jan  2 01:02:03 2026\nDate : x\n\n"},
		{"cut off after the separator", "\nFrom bob Fri Jan  2 01:02:03 2026\n"},
		{"cut off in the separator", "\nFrom bob Fri Jan  2 01:02:03 20"},
		{"cut off in the header", "\nFrom bob Fri Jan  2 01:02:03 2026\nReceived: x"},
	} {
		for _, in := range []string{first + c.rest, crlf(first + c.rest)} {
			for reader, r := range readers(in) {
				_, err := deliver(r, Options{})
				var e *Error
				if !errors.As(err, &e) || e.Kind != ErrSeries || e.Line != line {
					t.Errorf("%s, %s: %v, want %v, line %d", c.name, reader, err, ErrSeries, line)
				}
			}
		}
	}
}

// The body of the first message may be empty, and a multipart may be closed or not.
func TestSeriesAfterOtherBodies(t *testing.T) {
	const second = "From bob Fri Jan  2 01:02:03 2026\nSubject: two\n\n"
	for _, first := range []string{
		complete + "\n",
		complete + "\n\n",
		multipart + "--b\n\n--b--\n\n",
		multipart + "--b\n\n",
	} {
		if _, err := deliver(strings.NewReader(patch+first+second), Options{}); !errors.Is(err, ErrSeries) {
			t.Errorf("%q: %v", first, err)
		}
	}
}

// A line that only looks like the beginning of another message is sent.
func TestNoSeries(t *testing.T) {
	for _, c := range []struct{ name, body string }{
		{"no empty line before", "a\n" + patch + "From: a@b\n\n"},
		{"a line of spaces before", " \n" + patch + "From: a@b\n\n"},
		{"no header field after", "\n" + patch + "Hello\n"},
		{"an empty line after", "\n" + patch + "\nFrom: a@b\n"},
		{"quoted", "\n>" + patch + "From: a@b\n"},
		{"indented", "\n " + patch + "From: a@b\n"},
		{"lower case", "\n" + strings.ToLower(patch) + "From: a@b\n"},
		{"no date", "\nFrom here on:\nNote: this is text\n"},
		{"a weekday alone", "\nFrom now until Fri it is:\nNote: this is text\n"},
		{"a date without a time", "\nFrom Alice, Thu Jan 1 2026\nSubject: quoted\n"},
		{"another order", "\nFrom Alice Thu, 1 Jan 2026 12:34:56 +0100\nSubject: quoted\n"},
		{"an invalid day", "\nFrom bob Fri Jan 200 01:02:03 2026\nDate: x\n"},
		{"an invalid time", "\nFrom bob Fri Jan  2 01:02: 2026\nDate: x\n"},
		{"no space", "\nFrombob Fri Jan  2 01:02:03 2026\nDate: x\n"},
	} {
		in := complete + "\n" + c.body
		for reader, r := range readers(patch + in) {
			if got, err := deliver(r, Options{}); err != nil || got != in {
				t.Errorf("%s, %s: %q, %v", c.name, reader, got, err)
			}
		}
	}
	// Input that does not begin as an mbox is one message.
	in := complete + "\n\n" + patch + complete + "\n"
	if got, err := deliver(strings.NewReader(in), Options{}); err != nil || got != in {
		t.Errorf("%q, %v", got, err)
	}
}
