package compose

import (
	"strings"
	"testing"
)

func TestPlain(t *testing.T) {
	for _, c := range []struct{ in, body string }{
		{"Hello\n", "7bit\n\nHello\n"},
		{"Hello", "7bit\n\nHello\n"},
		{"é\n", "quoted-printable\n\n=C3=A9\n"},
		{"日本\n", "base64\n\n5pel5pysDQo=\n"},
		{"a\x00b", "quoted-printable\n\na=00b\n"},
	} {
		m := letter()
		m.Plain, m.Text = true, textPart(c.in)
		var w countWrites
		p, err := m.Plan()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.WriteTo(&w); err != nil {
			t.Fatal(err)
		}
		if got := w.String(); !strings.HasSuffix(got, "\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: "+c.body) || w.n != 1 {
			t.Errorf("%q in %d writes", got, w.n)
		}
	}
	m := letter()
	m.Plain, m.Text = true, textPart(strings.Repeat("é\n", maxHold/3))
	var w countWrites
	p, err := m.Plan()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.WriteTo(&w); err != nil || w.n != 1 {
		t.Errorf("%d writes, %v", w.n, err)
	}
	m = letter()
	m.Plain = true
	wantError(t, m, ErrEmpty, "")
	m.AllowEmpty = true
	if got := write(t, m); !strings.HasSuffix(got, "\nContent-Transfer-Encoding: 7bit\n\n") {
		t.Errorf("empty: %q", got)
	}
}

// A message that is known to be under 512 KiB goes with one write.
func TestOneWrite(t *testing.T) {
	for encoding, octets := range map[string]int{"7bit": 500 << 10, "quoted-printable": 165 << 10, "base64": 375 << 10} {
		m := letter()
		m.Text = textPart(strings.Repeat("=", octets))
		if encoding == "7bit" {
			m.Text = textPart(strings.Repeat("=======\n", octets/8))
		}
		m.Text.Encoding = encoding
		p, err := m.Plan()
		if err != nil {
			t.Fatal(err)
		}
		if n, known := p.Size(); !known || n < outputSize-64<<10 || n >= outputSize {
			t.Fatalf("%s: a size of %d, %v", encoding, n, known)
		}
		var w countWrites
		if _, err := p.WriteTo(&w); err != nil || w.n != 1 {
			t.Errorf("%s: %d writes, %v", encoding, w.n, err)
		}
	}
}

type countWrites struct {
	strings.Builder
	n int
}

func (w *countWrites) Write(p []byte) (int, error) { w.n++; return w.Builder.Write(p) }
