package compose

import (
	"strings"
	"testing"
)

// A countWrites counts the Writes.
type countWrites struct {
	strings.Builder
	n int
}

func (w *countWrites) Write(p []byte) (int, error) {
	w.n++
	return w.Builder.Write(p)
}

// writeOnce returns m as it is written, and asserts that this is one Write.
func writeOnce(t *testing.T, m *Message) string {
	t.Helper()
	p, err := m.Plan()
	if err != nil {
		t.Fatal(err)
	}
	var w countWrites
	if _, err := p.WriteTo(&w); err != nil {
		t.Fatal(err)
	}
	if w.n != 1 {
		t.Errorf("%d octets took %d writes", w.Len(), w.n)
	}
	return w.String()
}

func TestPlain(t *testing.T) {
	const header = "\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: "
	for _, c := range []struct{ in, want string }{
		{"Hello\n", "7bit\n\nHello\n"},
		{"Hello", "7bit\n\nHello\n"},
		{"é\n", "quoted-printable\n\n=C3=A9\n"},
		{"日本\n", "base64\n\n5pel5pysDQo=\n"},
		{"a\x00b", "quoted-printable\n\na=00b\n"},
		{strings.Repeat("é\n", maxHold/3), "quoted-printable\n\n" + strings.Repeat("=C3=A9\n", maxHold/3)},
	} {
		m := letter()
		m.Plain, m.Text = true, textPart(c.in)
		if got := writeOnce(t, m); !strings.HasSuffix(got, header+c.want) {
			t.Errorf("%.40q is written as\n%.1000s", c.in, got)
		}
	}
	m := letter()
	m.Plain = true
	wantError(t, m, ErrEmpty, "no text")
	m.AllowEmpty = true
	if got := write(t, m); !strings.HasSuffix(got, header+"7bit\n\n") {
		t.Errorf("an empty message is written as\n%s", got)
	}
}

// A message that is known to be shorter than what is written at once takes one
// write, even if it is only a little shorter.
func TestOneWrite(t *testing.T) {
	for encoding, text := range map[string]string{
		"7bit":             strings.Repeat("=======\n", 250<<10/8),
		"quoted-printable": strings.Repeat("=", 82<<10),
		"base64":           strings.Repeat("=", 187<<10),
	} {
		m := letter()
		m.Text = textPart(text)
		m.Text.Encoding = encoding
		if n := len(writeOnce(t, m)); n < outputSize*9/10 || n >= outputSize {
			t.Errorf("%s: the message has %d octets, which is not a little less than %d", encoding, n, outputSize)
		}
	}
}
