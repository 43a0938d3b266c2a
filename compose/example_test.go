package compose_test

import (
	"fmt"
	"io"
	"log"
	"os"
	"time"

	"mailpipe/compose"
)

func Example() {
	m := compose.Message{
		From:    compose.Address{Name: "Alice", Local: "alice", Domain: "example.org"},
		To:      []compose.Address{{Local: "bob", Domain: "example.org"}},
		Subject: "Totals",
		Text:    compose.Text("See the table.\n"),
		Files:   []compose.Part{compose.Bytes("totals.bin", []byte("Zoë,42\n"))},

		// Only so that the output of this example is always the same.
		Date:      time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC),
		MessageID: "totals@example.org",
		Boundary:  "example",
	}
	plan, err := m.Plan()
	if err != nil {
		log.Fatal(err) // nothing was written
	}
	if _, err := plan.WriteTo(os.Stdout); err != nil {
		log.Fatal(err) // what was written has no closing boundary
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
	// Content-Type: application/octet-stream; name=totals.bin
	// Content-Transfer-Encoding: base64
	// Content-Disposition: attachment; filename=totals.bin
	//
	// Wm/Dqyw0Mgo=
	// --=_1_example--
}

func ExampleFile() {
	f, err := os.Open("../testdata/chart.png")
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close() // after WriteTo
	chart, err := compose.File(f)
	if err != nil {
		log.Fatal(err)
	}
	chart.Type = "image/png" // or let Message.Detect find it
	m := compose.Message{
		From:  compose.Address{Local: "alice", Domain: "example.org"},
		Files: []compose.Part{chart},
	}
	plan, err := m.Plan()
	if err != nil {
		log.Fatal(err)
	}
	size, _ := plan.Size()
	n, err := plan.WriteTo(io.Discard)
	fmt.Println(chart.Name, n == size, err)

	// Output: chart.png true <nil>
}

func ExampleParseAddressList() {
	list, err := compose.ParseAddressList(`Zoë <zoe@bücher.example>, "Doe, J." <j@example.org>`)
	if err != nil {
		log.Fatal(err)
	}
	for _, a := range list {
		fmt.Printf("%s has the mailbox %s\n", a.Name, a.Mailbox())
	}

	// Output:
	// Zoë has the mailbox zoe@xn--bcher-kva.example
	// Doe, J. has the mailbox j@example.org
}

// A mistake can be found before the parts are made.
func ExampleMessage_Check() {
	m := compose.Message{
		From:    compose.Address{Local: "alice", Domain: "example.org"},
		Subject: "Report\nBcc: eve@example.org",
	}
	fmt.Println(m.Check())

	// Output: invalid subject: contains the control character U+000A
}
