package detect_test

import (
	"fmt"
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
