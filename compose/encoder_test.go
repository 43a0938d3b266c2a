package compose

import (
	"bytes"
	"io"
	"testing"
)

func encodePieces(t testing.TB, pieces [][]byte, encoding, eol string, lines bool) string {
	t.Helper()
	var b bytes.Buffer
	out := newOutput(&b, 512)
	e := newEncoder(encoding, out, eol, lines, "x", "token")
	for _, p := range pieces {
		if _, err := e.Write(p); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	out.flush()
	return b.String()
}

func benchmarkEncoder(b *testing.B, encoding string, lines bool, p []byte) {
	out := newOutput(io.Discard, outputSize)
	e := newEncoder(encoding, out, "\n", lines, "x", "token")
	if _, err := e.Write(p); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(p)))
	b.ReportAllocs()
	for b.Loop() {
		e.Write(p)
	}
}

func BenchmarkEncoder(b *testing.B) {
	block := bytes.Repeat([]byte{0xA5, 'x', 0, 9}, readSize/4)
	log := bytes.Repeat([]byte("Nov 23 12:00:00 host backup[123]: copied 1234 files, all well\n"), readSize/62)
	long := bytes.Repeat([]byte("{\"key\":\"value and value and value\",\"n\":12345},"), readSize/46)
	german := bytes.Repeat([]byte("Größere Überraschungen gab es heute übrigens nicht, nur Ärger = Mühe.\n"), readSize/74)
	french := bytes.Repeat([]byte("Le cœur a ses raisons que la raison ne connaît point; on le sait en mille choses.\n"), readSize/84)
	for _, c := range []struct {
		name, encoding string
		lines          bool
		p              []byte
	}{
		{"base64", "base64", false, block},
		{"canonical", "base64", true, log},
		{"quoted/log", "quoted-printable", true, log},
		{"quoted/long", "quoted-printable", true, long},
		{"quoted/german", "quoted-printable", true, german},
		{"quoted/french", "quoted-printable", true, french},
		{"7bit", "7bit", true, log},
	} {
		b.Run(c.name, func(b *testing.B) { benchmarkEncoder(b, c.encoding, c.lines, c.p) })
	}
}
