package detect

import (
	"os"
	"strings"
	"testing"
)

// BenchmarkFile looks at each kind that was made to mislead, and at long texts.
func BenchmarkFile(b *testing.B) {
	b.Run("lies", func(b *testing.B) {
		b.ReportAllocs()
		for i := range b.N {
			l := lies[i%len(lies)]
			File(l.name, strings.NewReader(l.content), int64(len(l.content)))
		}
	})
	for _, long := range []struct{ name, line string }{
		{"ascii.txt", "some words in ASCII that make a line of usual length, no more\n"},
		{"utf-8.txt", "Grüße aus Köln, wo es heute regnet und morgen nicht, so heißt es\n"},
		{"cyrillic.txt", "Резервное копирование завершено успешно.\n"},
		{"windows-1252.txt", "Gr\xFC\xDFe aus K\xF6ln, wo es heute regnet und morgen nicht, so hei\xDFt es\n"},
		{"wide.txt", "w\x00i\x00d\x00e\x00 \x00w\x00o\x00r\x00d\x00s\x00\n\x00"},
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

// BenchmarkCorpus is the time a file of those that others made.
func BenchmarkCorpus(b *testing.B) {
	list, err := os.ReadFile(corpusList)
	if err != nil {
		b.Fatal(err)
	}
	var paths []string
	for line := range strings.Lines(string(list)) {
		f := strings.Split(line, "\t")
		path := corpusFolder + "/" + f[0] + "/" + f[1]
		if _, err := os.Stat(path); err == nil {
			paths = append(paths, path)
		}
	}
	if len(paths) == 0 {
		b.Skip("the corpus is not here: .ci/corpus fetches it")
	}
	b.ReportAllocs()
	for i := range b.N {
		f, err := os.Open(paths[i%len(paths)])
		if err != nil {
			b.Fatal(err)
		}
		info, _ := f.Stat()
		File(paths[i%len(paths)], f, info.Size())
		f.Close()
	}
}
