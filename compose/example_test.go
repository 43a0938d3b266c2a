package compose_test

import (
	"io"
	"os"
	"strings"
	"time"

	"mailpipe/compose"
)

func Example() {
	csv := "name,total\nZoë,42\n"
	m := compose.Message{
		From:    compose.Address{Name: "Alice", Local: "alice", Domain: "example.org"},
		To:      []compose.Address{{Local: "bob", Domain: "example.org"}},
		Subject: "Totals",
		Text: &compose.Part{Open: func() (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader("See the table.\n")), nil
		}},
		Files: []compose.Part{{Name: "totals.csv", Type: "text/csv", Charset: "utf-8", Size: int64(len(csv)), Open: func() (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader(csv)), nil
		}}},
		// Given for this example; without them they are made.
		Date:      time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC),
		MessageID: "totals@example.org",
		Boundary:  "example",
	}
	plan, err := m.Plan() // all that can fail is checked here
	if err != nil {
		panic(err)
	}
	if _, err := plan.WriteTo(os.Stdout); err != nil {
		panic(err) // what was written has no closing boundary
	}

	// Output:
	// From: Alice <alice@example.org>
	// To: bob@example.org
	// Subject: Totals
	// Date: Mon, 23 Nov 2026 12:00:00 +0000
	// Message-ID: <totals@example.org>
	// MIME-Version: 1.0
	// Content-Type: multipart/mixed; boundary="=_1_example"
	//
	// --=_1_example
	// Content-Type: text/plain; charset=utf-8
	// Content-Transfer-Encoding: 7bit
	//
	// See the table.
	//
	// --=_1_example
	// Content-Type: text/csv; charset=utf-8; name=totals.csv
	// Content-Transfer-Encoding: base64
	// Content-Disposition: attachment; filename=totals.csv
	//
	// bmFtZSx0b3RhbApab8OrLDQyCg==
	// --=_1_example--
}
