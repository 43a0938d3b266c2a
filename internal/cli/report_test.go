package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"mailpipe/wire"
)

// What a server says cannot move the cursor of the terminal that shows the report, and is there for who parses it.
func TestReportJSONIsPrintable(t *testing.T) {
	const text = "\x1b[31m \u009b31m \x7f \u202e\u200b é 👍 <&> \"\\"
	to := wire.Recipient{Address: "ä@x", Outcome: wire.OutcomeRefused, Reply: wire.Reply{Code: 550, Lines: []string{text}}}
	var b bytes.Buffer
	new(deliveryRequest).reportJSON(&b, wire.Receipt{Server: "smtp://h"}, to)
	line, _ := strings.CutSuffix(b.String(), "\n")
	for _, r := range line {
		if r < ' ' || r > '~' {
			t.Errorf("%q in %s", r, line)
		}
	}
	var got reportLine
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Reply != text || got.Address != to.Address {
		t.Errorf("%q, %q", got.Address, got.Reply)
	}
}

// What --report json and --probe print is what the man page says.
func TestReportKeysAreInThePage(t *testing.T) {
	page, err := os.ReadFile("../../man/mailpipe-deliver.1")
	if err != nil {
		t.Fatal(err)
	}
	keys := strings.Fields("server offers tls verified subject issuer name from until sha256")
	for _, line := range []reflect.Type{reflect.TypeFor[reportLine](), reflect.TypeFor[reportTLS]()} {
		for field := range line.NumField() {
			key, _, _ := strings.Cut(line.Field(field).Tag.Get("json"), ",")
			keys = append(keys, key)
		}
	}
	for _, key := range keys {
		if !regexp.MustCompile(`(?m)^\.Cm .*\b` + key + `\b`).Match(page) {
			t.Errorf("the page does not name %s", key)
		}
	}
}

// The enhanced code has a place of its own, also where it is all that was said.
func TestReplyLine(t *testing.T) {
	for want, reply := range map[string]wire.Reply{
		"no such user": {Code: 550, Enhanced: "5.1.1", Lines: []string{"5.1.1 no", "5.1.1 such", "5.1.1 user"}},
		"":             {Code: 250, Enhanced: "2.0.0", Lines: []string{"2.0.0"}},
		"2.0.0 ok":     {Code: 550, Lines: []string{"2.0.0 ok"}},
		"2.0.01 ok":    {Code: 250, Enhanced: "2.0.0", Lines: []string{"2.0.01 ok"}},
		"why not":      {},
	} {
		if got := replyLine(wire.Recipient{Reply: reply, Reason: "why not"}); got != want {
			t.Errorf("%v: %q, want %q", reply, got, want)
		}
	}
}
