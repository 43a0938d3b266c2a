package report

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

// The words of a server cannot control the terminal that shows the report, but
// a program that parses it gets them unchanged.
func TestReportJSONIsPrintable(t *testing.T) {
	const said = "\x1b[31m \u009b31m \x7f \u202e\u200b é 👍 <&> \"\\"
	reply := wire.Reply{Code: 550, Lines: []string{said}}
	to := wire.Recipient{Address: "ä@x", Outcome: wire.OutcomeRefused, Reply: reply}
	var b bytes.Buffer
	if err := Receipt(&b, JSON, wire.Receipt{Server: "smtp://h", Recipients: []wire.Recipient{to}}, words); err != nil {
		t.Fatal(err)
	}
	text, _ := strings.CutSuffix(b.String(), "\n")
	for _, r := range text {
		if r < ' ' || r > '~' {
			t.Errorf("%q in %s", r, text)
		}
	}
	var got recipient
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Reply != said || got.Address != to.Address {
		t.Errorf("%q, %q", got.Address, got.Reply)
	}
}

func words(to wire.Recipient) string { return to.Outcome.String() }

// TestReportKeysAreInThePage checks that the man page has every key that
// --report json and --probe print.
func TestReportKeysAreInThePage(t *testing.T) {
	page, err := os.ReadFile("../../man/mailpipe-deliver.1")
	if err != nil {
		t.Fatal(err)
	}
	keys := strings.Fields("server offers tls verified subject issuer name from until sha256")
	for _, object := range []reflect.Type{
		reflect.TypeFor[recipient](), reflect.TypeFor[connection](), reflect.TypeFor[envelope](),
		reflect.TypeFor[server](), reflect.TypeFor[certificate](),
	} {
		for field := range object.NumField() {
			key, _, _ := strings.Cut(object.Field(field).Tag.Get("json"), ",")
			keys = append(keys, key)
		}
	}
	for _, key := range keys {
		if !regexp.MustCompile(`(?m)^\.Cm .*\b` + key + `\b`).Match(page) {
			t.Errorf("%s is not in the page", key)
		}
	}
}

// The enhanced code has a field of its own, even if the reply has no other text.
func TestReplyText(t *testing.T) {
	for want, reply := range map[string]wire.Reply{
		"no such user": {Code: 550, Enhanced: "5.1.1", Lines: []string{"5.1.1 no", "5.1.1 such", "5.1.1 user"}},
		"":             {Code: 250, Enhanced: "2.0.0", Lines: []string{"2.0.0"}},
		"2.0.0 ok":     {Code: 550, Lines: []string{"2.0.0 ok"}},
		"2.0.01 ok":    {Code: 250, Enhanced: "2.0.0", Lines: []string{"2.0.01 ok"}},
		"why not":      {},
	} {
		if got := replyText(wire.Recipient{Reply: reply, Reason: "why not"}); got != want {
			t.Errorf("%v: %q, want %q", reply, got, want)
		}
	}
}
