package transfer

import (
	"bytes"
	"io"
	"testing"
)

// encodePieces returns content that is written to an encoder in pieces.
func encodePieces(t testing.TB, pieces [][]byte, encoding, eol string, isText bool) string {
	t.Helper()
	var b bytes.Buffer
	out := NewOutput(&b, 512)
	e := NewEncoder(encoding, out, Options{EOL: eol, Lines: isText})
	for _, p := range pieces {
		if n, err := e.Write(p); n != len(p) || err != nil {
			t.Fatal(n, err)
		}
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	out.Flush()
	return b.String()
}

// Quoted-printable should stay above 400 MB/s, and base64 above 3 GB/s with AVX2.
func BenchmarkEncoder(b *testing.B) {
	repeated := func(s string) []byte { return bytes.Repeat([]byte(s), (128<<10)/len(s)) }
	binary := repeated("\xA5x\x00\t")
	log := repeated("Nov 23 12:00:00 host backup[123]: copied 1234 files, all well\n")
	long := repeated(`{"key":"value and value and value","n":12345},`)
	german := repeated("Größere Überraschungen gab es heute übrigens nicht, nur Ärger = Mühe.\n")
	french := repeated("Le cœur a ses raisons que la raison ne connaît point; on le sait en mille choses.\n")
	for _, c := range []struct {
		name, encoding string
		isText         bool
		content        []byte
	}{
		{"base64", "base64", false, binary},
		{"canonical", "base64", true, log},
		{"quoted/log", "quoted-printable", true, log},
		{"quoted/long", "quoted-printable", true, long},
		{"quoted/german", "quoted-printable", true, german},
		{"quoted/french", "quoted-printable", true, french},
	} {
		b.Run(c.name, func(b *testing.B) {
			out := NewOutput(io.Discard, 512<<10)
			e := NewEncoder(c.encoding, out, Options{EOL: "\n", Lines: c.isText})
			b.SetBytes(int64(len(c.content)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := e.Write(c.content); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
