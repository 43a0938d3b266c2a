package compose

import (
	"errors"
	"strings"
	"testing"
	"time"

	"mailpipe/internal/mimetest"
)

// The value of a structured field never becomes encoded words: programs that read
// the field do not decode them (RFC 2047 §5).
func TestStructuredFields(t *testing.T) {
	key := strings.Repeat("mDMEXEcE6RYJKwYBBAHaRw8BAQdA", 60)
	long := "<https://example.org/?token=" + strings.Repeat("abcdefghij", 92) + ">"
	tooLong := "<https://example.org/?token=" + strings.Repeat("abcdefghij", 99) + ">"
	const notASCII = "this field must be ASCII"
	for _, c := range []struct {
		field Field
		want  string // unfolded
		err   string
	}{
		{Field{"List-Unsubscribe", long}, long, ""},
		{Field{"List-Unsubscribe", "<https://example.org/café?q=ü>, <mailto:u@example.org>"},
			"<https://example.org/caf%C3%A9?q=%C3%BC>, <mailto:u@example.org>", ""},
		{Field{"list-post", "<mailto:liste-größe@example.org> (closed)"},
			"<mailto:liste-gr%C3%B6%C3%9Fe@example.org> (closed)", ""},
		{Field{"List-Archive", "<https://example.org/日本>"}, "<https://example.org/%E6%97%A5%E6%9C%AC>", ""},
		{Field{"List-Help", "<https://example.org> (Größe)"}, "", notASCII},
		{Field{"List-Unsubscribe", "<https://exämple.org/ü>"}, "<https://xn--exmple-cua.org/%C3%BC>", ""},
		{Field{"List-Unsubscribe", "<HTTPS://EXÄMPLE.org:8080?q=%2F/é#ö>, <https://ü.org/a%2Fb/é?c|d>"},
			"<https://xn--exmple-cua.org:8080?q=%2F/%C3%A9#%C3%B6>, <https://xn--tda.org/a%2Fb/%C3%A9?c|d>", ""},
		{Field{"List-Owner", "<mailto:größe@exämple.org?subject=ü@ä>"},
			"<mailto:gr%C3%B6%C3%9Fe@xn--exmple-cua.org?subject=%C3%BC@%C3%A4>", ""},
		{Field{"List-Archive", "<//usér@exämple.org/>"}, "<//us%C3%A9r@xn--exmple-cua.org/>", ""},
		{Field{"List-Help", "<https://[::1]/ü>, <ftp://EXAMPLE.org/ü>"},
			"<https://[::1]/%C3%BC>, <ftp://EXAMPLE.org/%C3%BC>", ""},
		{Field{"List-Help", "<https://EXAMPLE.org/a b?%zz>"}, "<https://EXAMPLE.org/a b?%zz>", ""},
		{Field{"List-Help", "<https://exämple..org/>"}, "", notASCII},
		{Field{"List-Help", "<mailto:a@exämple..org>"}, "", notASCII},
		{Field{"List-Help", "<https://example.org/ü"}, "", notASCII},
		{Field{"List-Unsubscribe", tooLong}, "", "too long: a line of 1037 octets without a space, the limit is 998"},
		{Field{"List-Unsubscribe-Post", "List-Unsubscribe=One-Click"}, "List-Unsubscribe=One-Click", ""},
		{Field{"List-Id", "Café <cafe.example.org>"}, "=?utf-8?B?Q2Fmw6k=?= <cafe.example.org>", ""},
		{Field{"List-Id", `"Größe"<g.example.org>`}, "=?utf-8?B?R3LDtsOfZQ==?= <g.example.org>", ""},
		{Field{"List-Id", "=?utf-8?Q?Caf=C3=A9?= <cafe.example.org>"}, "=?utf-8?Q?Caf=C3=A9?= <cafe.example.org>", ""},
		{Field{"List-Id", "Café <café.example.org>"}, "", notASCII},
		{Field{"List-Id", "café.example.org"}, "", notASCII},
		{Field{"Autocrypt", "addr=a@b; prefer-encrypt=mutual; keydata=" + key},
			"addr=a@b; prefer-encrypt=mutual; keydata=" + key, ""},
		{Field{"Autocrypt-Gossip", "addr=a@b; keydata=" + key}, "addr=a@b; keydata=" + key, ""},
		{Field{"Autocrypt", "addr=ä@b; keydata=" + key}, "", notASCII},
		{Field{"DKIM-Signature", "v=1; b=" + strings.Repeat("x ", 600) + "y"},
			"v=1; b=" + strings.Repeat("x ", 600) + "y", ""},
		{Field{"Content-Language", strings.Repeat("de, ", 40) + "fr"}, strings.Repeat("de, ", 40) + "fr", ""},
		{Field{"Content-Language", "français"}, "", notASCII},
		{Field{"Feedback-ID", "campaign:größe"}, "", notASCII},
		{Field{"Archived-At", "<https://example.org/é>"}, "", notASCII},
		{Field{"Resent-Message-ID", "<é@example.org>"}, "", notASCII},
		{Field{"Supersedes", strings.Repeat("x", 990)}, "", "too long"},
		{Field{"Comments", "Größe"}, "=?utf-8?B?R3LDtsOfZQ==?=", ""},
		{Field{"organization", "Café"}, "=?utf-8?B?Q2Fmw6k=?=", ""},
		{Field{"x-note", "Café"}, "=?utf-8?B?Q2Fmw6k=?=", ""},
	} {
		m := &Message{From: Address{Local: "a", Domain: "b"}, Header: []Field{c.field}}
		err := m.Check()
		if c.err != "" {
			isKind := errors.Is(err, ErrArgument) && errors.Is(err, ErrNotASCII) == (c.err == notASCII)
			if !isKind || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%.80v: %v, want %s", c.field, err, c.err)
			}
			continue
		}
		header, headerErr := m.header("\n", "id@b", time.Unix(0, 0))
		if err != nil || headerErr != nil {
			t.Errorf("%.80v: %v, %v", c.field, err, headerErr)
			continue
		}
		_, line, _ := strings.Cut(header, "\n"+c.field.Name+":")
		line, _, _ = strings.Cut(line, "\nMIME-Version")
		got := mimetest.Unfold(t, c.field.Name+":"+line)
		if strings.HasPrefix(strings.ToLower(c.field.Name), "autocrypt") { // spaces in the key do not count
			before, key, _ := strings.Cut(got, "keydata=")
			got = before + "keydata=" + strings.ReplaceAll(key, " ", "")
		}
		if got != c.want {
			t.Errorf("%.80v: written as\n%s, want\n%s", c.field, got, c.want)
		}
		if n := mimetest.LongestLine(line); n > 76 && c.want != long {
			t.Errorf("%.80v: a line of %d octets", c.field, n)
		}
	}
}
