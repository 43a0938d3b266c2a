package detect_test

import (
	"fmt"
	"io"
	"log"
	"strings"

	"mailpipe/detect"
)

func ExampleFile() {
	r := strings.NewReader("name;größe\nTisch;12\n")
	result, err := detect.File("moebel.csv", r, r.Size())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(result, result.Encoding)
	// Output: text/csv; charset=utf-8 quoted-printable
}

func ExampleBytes() {
	result := detect.Bytes("report.pdf", []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"))
	fmt.Println(result)
	fmt.Println(result.Why)
	// Output:
	// image/png
	// magic number; the file name says application/pdf
}

// A stream that can be read only once needs no more than its beginning.
func ExampleBytes_stream() {
	stream := strings.NewReader("{\"name\": \"Tisch\"}\n{\"name\": \"Stuhl\"}\n")
	head, err := io.ReadAll(io.LimitReader(stream, detect.HeadSize))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(detect.Bytes("", head))
	// Output: application/x-ndjson
}

func ExampleCharset() {
	fmt.Println(detect.Charset([]byte("Gr\xfc\xdfe aus K\xf6ln\n")))
	fmt.Println(detect.Charset([]byte("\xf0\xd2\xc9\xd7\xc5\xd4, \xcb\xc1\xcb \xc4\xc5\xcc\xc1?\n")))
	// Output:
	// iso-8859-1
	// koi8-r
}
