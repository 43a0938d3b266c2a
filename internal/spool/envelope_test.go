package spool

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"
)

// An envelope that was written before recipients had their own NOTIFY means what it did,
// and is written as it was.
func TestNotify(t *testing.T) {
	const id = "20261129T030001Z-x7kq3f"
	const begin, end = `{"version":1,"id":"` + id + `","state":"queued","recipients":[`, `],"dsn":{"notify":"DELAY"}}`
	for recipients, want := range map[string]map[string]string{
		`{"address":"a"},{"address":"b","outcome":"deferred"}`: {},
		`{"address":"a","notify":"NEVER"},{"address":"b"}`:     {"a": "NEVER"},
	} {
		var e Envelope
		if err := Decode(id, []byte(begin+recipients+end), &e); err != nil {
			t.Fatal(err)
		}
		if got := e.Notify(); !maps.Equal(got, want) || e.DSN.Notify != "DELAY" {
			t.Errorf("%s: %v, %q", recipients, got, e.DSN.Notify)
		}
		text, err := json.Marshal(e)
		if err != nil || !strings.Contains(string(text), `"recipients":[`+recipients+`],"dsn":{"notify":"DELAY"}`) {
			t.Errorf("%s, %v", text, err)
		}
	}
}
