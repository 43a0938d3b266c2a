package wire

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// parse parses octets in pieces. It returns the reply, and what follows it.
func parse(octets string, step int) (r Reply, rest string, complete bool, err error) {
	var p replyParser
	for len(octets) > 0 && !complete {
		piece := octets[:min(step, len(octets))]
		n, done, err := p.feed([]byte(piece))
		if err != nil {
			return Reply{}, "", false, err
		}
		octets = octets[n:]
		complete = done
	}
	return p.reply, octets, complete, nil
}

func TestReplies(t *testing.T) {
	long := strings.Repeat("x", maxReplyLine-len("250 "))
	for _, c := range []struct {
		octets, rest string
		want         Reply
	}{
		{"220 hi\r\n", "", Reply{220, "", []string{"hi"}}},
		{"250\r\n", "", Reply{250, "", []string{""}}},
		{"250 \r\n", "", Reply{250, "", []string{""}}},
		{"250-\r\n250\r\n", "", Reply{250, "", []string{"", ""}}},
		{"250-a\r\n250-b\r\n250 c\r\n", "", Reply{250, "", []string{"a", "b", "c"}}},
		{"250 2.1.0 ok\r\n", "", Reply{250, "2.1.0", []string{"2.1.0 ok"}}},
		{"250 2.1.0\r\n", "", Reply{250, "2.1.0", []string{"2.1.0"}}},
		{"552 5.3.4 too big\r\n", "", Reply{552, "5.3.4", []string{"5.3.4 too big"}}},
		{"550 2.1.0 not its class\r\n", "", Reply{550, "", []string{"2.1.0 not its class"}}},
		{"550 5.1 short\r\n", "", Reply{550, "", []string{"5.1 short"}}},
		{"550 5.1.1111 long\r\n", "", Reply{550, "", []string{"5.1.1111 long"}}},
		{"220 hi\r\n421 bye\r\n", "421 bye\r\n", Reply{220, "", []string{"hi"}}},
		{"250 a\rb\x00\x1b[2J\r\n", "", Reply{250, "", []string{"a\rb\x00\x1b[2J"}}},
		{"250 " + long + "\r\n", "", Reply{250, "", []string{long}}},
		{strings.Repeat("250-a\r\n", maxReplyLines-1) + "250 z\r\n", "",
			Reply{250, "", append(slices.Repeat([]string{"a"}, maxReplyLines-1), "z")}},
	} {
		for _, step := range []int{len(c.octets), 1, 7} {
			r, rest, complete, err := parse(c.octets, step)
			if step != len(c.octets) {
				rest = c.rest // the last piece ends with the reply
			}
			if err != nil || !complete || !reflect.DeepEqual(r, c.want) || rest != c.rest {
				t.Errorf("%.60q by %d: %.200v, rest %q, complete %t, %v", c.octets, step, r, rest, complete, err)
			}
		}
	}
}

func TestNotReplies(t *testing.T) {
	for octets, words := range map[string]string{
		"250 ok\n":                 `reply line ends with a bare LF: "250 ok"`,
		"250-a\n250 b\r\n":         `reply line ends with a bare LF: "250-a"`,
		"550 no\n250 ok\r\n":       `reply line ends with a bare LF: "550 no"`,
		"25 ok\r\n":                `not an SMTP reply: "25 ok"`,
		"2500 ok\r\n":              `not an SMTP reply: "2500 ok"`,
		"250_ok\r\n":               `not an SMTP reply: "250_ok"`,
		"2x0 ok\r\n":               `not an SMTP reply: "2x0 ok"`,
		"\r\n":                     `not an SMTP reply`,
		" 250 ok\r\n":              `not an SMTP reply: " 250 ok"`,
		"٢٥٠ ok\r\n":               `not an SMTP reply: "٢٥٠ ok"`,
		"SSH-2.0-x\r\n":            `not an SMTP reply: "SSH-2.0-x"`,
		"HTTP\x1b]0;x\a\r\n":       `not an SMTP reply: "HTTP\x1b]0;x\x07"`,
		"250-a\r\n550 b\r\n":       `different codes in one reply: "550 b"`,
		"250-a\r\nhello\r\n":       `not an SMTP reply: "hello"`,
		strings.Repeat("x", 1<<20): `reply line too long: over 4096 octets`,
		"250 " + strings.Repeat("x", 4093) + "\r\n":                `reply line too long: over 4096 octets`,
		strings.Repeat("250-a\r\n", 513):                           `reply too long: over 512 lines`,
		strings.Repeat("250-"+strings.Repeat("x", 1e3)+"\r\n", 70): `reply too long: over 65536 octets`,
	} {
		for _, step := range []int{len(octets), 1, 7} {
			_, _, complete, err := parse(octets, step)
			var protocol *protocolError
			if complete || !errors.As(err, &protocol) || err.Error() != words {
				t.Errorf("%.60q by %d: complete %t, %v; want %s", octets, step, complete, err, words)
			}
		}
	}
	for _, octets := range []string{"", "2", "250", "250 ok", "250 ok\r", "250-ok\r\n", "250-ok\r\n250"} {
		if _, _, complete, err := parse(octets, 1); complete || err != nil {
			t.Errorf("%q: complete %t, %v", octets, complete, err)
		}
	}
}

// Nothing in a reply can control a terminal.
func TestReplyIsSafeForATerminal(t *testing.T) {
	r := Reply{550, "", []string{"a\x1b[31m\xff\u202eb\u200b\u0085", "é\tc"}}
	if got, want := r.String(), `550 a\x1b[31m\xff\u{202e}b\u{200b}\u{0085} é\x09c`; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	r = Reply{250, "", []string{strings.Repeat("é", 4000)}}
	if got := r.String(); len(got) > 2<<10+3 || !strings.HasSuffix(got, "é...") {
		t.Errorf("%d octets, %q", len(got), got[len(got)-10:])
	}
	if got := (Reply{}).String(); got != "" {
		t.Errorf("%q for no reply", got)
	}
}

func TestQueueID(t *testing.T) {
	for text, want := range map[string]string{
		"2.0.0 Ok: queued as 4F1Jx20":                "4F1Jx20",
		"2.0.0 kept as 17.M2P3Q1.host.eml":           "17.M2P3Q1.host.eml",
		"OK id=1tEabc-0005Rm-2P":                     "1tEabc-0005Rm-2P",
		"2.0.0 8f2e41 Message accepted for delivery": "8f2e41",
		"2.0.0 Ok: queued as <x@y>.":                 "x@y",
		"Message accepted":                           "",
		"2.0.0 Message accepted for delivery":        "",
		"ok":                                         "",
		"queued as":                                  "",
	} {
		r, _, _, err := parse("250 "+text+"\r\n", 100)
		if got := r.QueueID(); err != nil || got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	for _, r := range []Reply{{}, {Code: 250}, {Code: 550, Lines: []string{"queued as 4F1"}}} {
		if got := r.QueueID(); got != "" {
			t.Errorf("%+v: %q", r, got)
		}
	}
}

// The oracle reads the reply line by line with strings alone.
func FuzzReply(f *testing.F) {
	for _, s := range []string{
		"220 hi\r\n", "250-a\r\n250 b\r\n", "250 ok\n", "25", "\r\n", "250-a\r\n251 b\r\n", "250\r\n250 x",
		"421 4.3.2 \xff\r\n", "250-", "abc\r\n", "000-0\r\n001 0\r\n",
	} {
		f.Add([]byte(s), uint8(1))
		f.Add([]byte(s), uint8(200))
	}
	f.Fuzz(func(t *testing.T, octets []byte, step uint8) {
		r, _, complete, err := parse(string(octets), int(step)+1)
		r1, _, complete1, err1 := parse(string(octets), len(octets)+1)
		if fmt.Sprint(complete, err) != fmt.Sprint(complete1, err1) || err == nil && !reflect.DeepEqual(r, r1) {
			t.Fatalf("%v %t %v by %d; %v %t %v in one", r, complete, err, step, r1, complete1, err1)
		}
		if !complete {
			return
		}
		if len(r.Lines) > maxReplyLines || r.Code < 0 || r.Code > 999 {
			t.Fatalf("%v", r)
		}
		var again strings.Builder
		for i, line := range r.Lines {
			sep := "-"
			if i == len(r.Lines)-1 {
				sep = " "
			}
			code := fmt.Sprintf("%03d", r.Code)
			if i < len(r.Lines)-1 || line != "" || strings.HasPrefix(string(octets[again.Len():]), code+" ") {
				code += sep
			}
			again.WriteString(code + line + "\r\n")
		}
		if !strings.HasPrefix(string(octets), again.String()) {
			t.Fatalf("%q does not begin with %q", octets, again.String())
		}
		for _, b := range r.String() {
			if b < ' ' || strconv.QuoteRune(b) != "'"+string(b)+"'" && b != '\'' && b != '"' && b != '\\' && b < 0xa0 {
				t.Fatalf("%q is not safe", r.String())
			}
		}
	})
}
