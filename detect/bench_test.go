package detect

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkFile examines misleading files, and long texts.
func BenchmarkFile(b *testing.B) {
	b.Run("misleading", func(b *testing.B) {
		b.ReportAllocs()
		for i := range b.N {
			m := misleading[i%len(misleading)]
			File(m.name, strings.NewReader(m.content), int64(len(m.content)))
		}
	})
	for _, long := range []struct{ name, line string }{
		{"ascii.txt", "some words in ASCII that make a line of usual length, no more\n"},
		{"utf-8.txt", "Grüße aus Köln, wo es heute regnet und morgen nicht, so heißt es\n"},
		{"cyrillic.txt", "Резервное копирование завершено успешно.\n"},
		{"windows-1252.txt", "Gr\xFC\xDFe aus K\xF6ln, wo es heute regnet und morgen nicht, so hei\xDFt es\n"},
		{"utf-16.txt", "w\x00i\x00d\x00e\x00 \x00w\x00o\x00r\x00d\x00s\x00\n\x00"},
		{"data.json", "{\"name\": \"value\", \"number\": 1234, \"list\": [1, 2, 3]}\n"},
		{"page.html", "<p>words and words and words and words</p>\n"},
		{"random.bin", junk},
	} {
		content := strings.Repeat(long.line, wholeSize/len(long.line))
		b.Run(long.name, func(b *testing.B) {
			b.SetBytes(int64(len(content)))
			b.ReportAllocs()
			for b.Loop() {
				File(long.name, strings.NewReader(content), int64(len(content)))
			}
		})
	}
}

// BenchmarkCorpus measures the time for a file of the corpus.
func BenchmarkCorpus(b *testing.B) {
	files := readCorpus(b)
	b.ReportAllocs()
	for i := range b.N {
		path := files[i%len(files)].path
		f, err := os.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		info, err := f.Stat()
		if err != nil {
			b.Fatal(err)
		}
		File(filepath.Base(path), f, info.Size())
		f.Close()
	}
}
