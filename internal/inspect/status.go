package inspect

// A Status is what happened to one recipient of a mail (RFC 3464 §2.3).
type Status struct {
	Recipient string // Final-Recipient without its type
	Action    string // such as failed, in lower case
	Code      string // such as 5.1.1
	Words     string // Diagnostic-Code without its type
}
