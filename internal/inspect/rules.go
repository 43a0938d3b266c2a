package inspect

// A Severity says whether a mail with a finding is invalid.
type Severity string

const (
	Error   Severity = "error"
	Warning Severity = "warning" // valid, or harmless, but some readers do not expect it
)

// A Rule is what a mail is checked for.
type Rule struct {
	ID       string
	Severity Severity
	RFC      string // the section that requires it
	Text     string // what is found, without a period
}

// Rules are all rules, in the order of the manual page.
var Rules []*Rule

func rule(id string, s Severity, rfc, text string) *Rule {
	r := &Rule{id, s, rfc, text}
	Rules = append(Rules, r)
	return r
}

// The input.
var (
	emptyMail    = rule("empty", Error, "RFC 5322 §3.5", "The input is empty")
	severalMails = rule("several-mails", Warning, "RFC 4155 §2", "Another mail of an mbox begins here and is not read")
	limitDepth   = rule("limit-depth", Error, "RFC 2046 §5.1", "A multipart is in more than 100 others and is not opened")
	limitParts   = rule("limit-parts", Error, "RFC 2046 §5.1", "There are more than 10,000 parts; the rest is not read")
	limitHeader  = rule("limit-header", Error, "RFC 5322 §2.2", "A header is longer than 1 MiB; the rest is not read")

	limitFindings = rule("limit-findings", Error, "RFC 5322 §2.2", "There are more than 1,000 findings")
)

// Line endings.
var (
	bareCR     = rule("bare-cr", Error, "RFC 5322 §2.3", "A CR is not followed by an LF")
	bareLF     = rule("bare-lf", Error, "RFC 5322 §2.3", "A line ends with LF in a mail with CRLF")
	nul        = rule("nul", Error, "RFC 2045 §2.7", "There is a NUL")
	lineLength = rule("line-length", Error, "RFC 5322 §2.1.1", "A line is longer than 998 octets")
	noFinalEOL = rule("no-final-eol", Warning, "RFC 5321 §2.3.8", "The last line has no line ending")
)

// The header.
var (
	headerSyntax = rule("header-syntax", Error, "RFC 5322 §2.2", "The header ends with a line that is not a field")
)

// Transfer encodings.
var (
	encodingUnknown = rule("encoding-unknown", Error, "RFC 2045 §6.4", "The Content-Transfer-Encoding is unknown")
	encodingParts   = rule("encoding-multipart", Error, "RFC 2045 §6.4", "A part with parts is encoded")
	encoding7bit    = rule("encoding-7bit", Error, "RFC 2045 §2.7", "Content in 7bit has octets over 127")
	base64Alphabet  = rule("base64-alphabet", Error, "RFC 2045 §6.8", "base64 has an octet that is not of its alphabet")
	base64Padding   = rule("base64-padding", Error, "RFC 2045 §6.8", "The padding of base64 is invalid")
	quotedEscape    = rule("quoted-escape", Error, "RFC 2045 §6.7", "An = in quoted-printable begins no escape")
	quotedSpace     = rule("quoted-space", Warning, "RFC 2045 §6.7", "A line in quoted-printable ends with a space")
	base64Line      = rule("base64-line", Error, "RFC 2045 §6.8", "A line of base64 is longer than 76")
	quotedLine      = rule("quoted-line", Error, "RFC 2045 §6.7", "A line of quoted-printable is longer than 76")
)

// Multiparts.
var (
	multipartUnclosed = rule("multipart-unclosed", Error, "RFC 2046 §5.1.1", "A multipart has no closing boundary")
	multipartEmpty    = rule("multipart-empty", Error, "RFC 2046 §5.1.1", "A multipart has no part")
)
