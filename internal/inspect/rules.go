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
	headerSyntax    = rule("header-syntax", Error, "RFC 5322 §2.2", "The header ends with a line that is not a field")
	headerControl   = rule("header-control", Error, "RFC 5322 §2.2", "A field has a control character")
	headerOctets    = rule("header-octets", Error, "RFC 6532 §3.1", "A field has octets that are not UTF-8")
	headerUTF8      = rule("header-utf8", Warning, "RFC 6532 §3", "A field is in UTF-8, which needs SMTPUTF8")
	headerLength    = rule("header-length", Error, "RFC 5322 §2.1.1", "A line of a field is longer than 998 octets")
	headerWidth     = rule("header-width", Warning, "RFC 5322 §2.1.1", "A line that can be folded is longer than 78")
	headerSpace     = rule("header-space", Warning, "RFC 5322 §3.2.2", "A line of a field ends with a space")
	headerDuplicate = rule("header-duplicate", Error, "RFC 5322 §3.6", "A field occurs twice")

	dateMissing     = rule("date-missing", Error, "RFC 5322 §3.6", "There is no Date")
	dateSyntax      = rule("date-syntax", Error, "RFC 5322 §3.3", "Date is invalid")
	dateWeekday     = rule("date-weekday", Error, "RFC 5322 §3.3", "Date has the wrong day of the week")
	dateZone        = rule("date-zone", Error, "RFC 5322 §3.3", "Date has an invalid zone")
	dateRange       = rule("date-range", Error, "RFC 5322 §3.3", "Date is out of range")
	fromMissing     = rule("from-missing", Error, "RFC 5322 §3.6", "There is no From")
	senderMissing   = rule("sender-missing", Error, "RFC 5322 §3.6.2", "From has several addresses without a Sender")
	addressSyntax   = rule("address-syntax", Error, "RFC 5322 §3.4", "An address is invalid")
	messageID       = rule("message-id", Error, "RFC 5322 §3.6.4", "Message-ID is invalid")
	references      = rule("references", Warning, "RFC 5322 §3.6.4", "What refers to a mail is not a Message-ID")
	bccPresent      = rule("bcc", Warning, "RFC 5322 §3.6.3", "There is a Bcc, which recipients must not see")
	listUnsubscribe = rule("list-unsubscribe", Error, "RFC 2369 §2", "List-Unsubscribe is not a list of URLs in <>")
)

// Encoded words.
var (
	wordSyntax    = rule("word-syntax", Error, "RFC 2047 §2", "An encoded word is invalid")
	wordLength    = rule("word-length", Error, "RFC 2047 §2", "An encoded word is longer than 75")
	wordSplit     = rule("word-split", Error, "RFC 2047 §5", "An encoded word does not have whole characters")
	wordQuoted    = rule("word-quoted", Error, "RFC 2047 §5", "An encoded word is in quotes")
	wordParameter = rule("word-parameter", Warning, "RFC 2047 §5", "An encoded word is in a parameter")
	wordCharset   = rule("word-charset", Error, "RFC 2047 §2", "The charset of an encoded word is unknown")
)

// Content-Type, Content-Disposition and names.
var (
	mimeVersion   = rule("mime-version", Error, "RFC 2045 §4", "There is no MIME-Version")
	typeSyntax    = rule("type-syntax", Error, "RFC 2045 §5.1", "Content-Type or Content-Disposition is invalid")
	typeUnknown   = rule("type-unknown", Warning, "RFC 6838 §4.2", "The top-level type is not registered")
	paramTwice    = rule("parameter-duplicate", Error, "RFC 6838 §4.3", "A parameter occurs twice")
	paramUnquoted = rule("parameter-unquoted", Error, "RFC 2045 §5.1", "The value of a parameter must be in quotes")
	paramGap      = rule("parameter-gap", Error, "RFC 2231 §3", "A section of a parameter is missing")
	nameAlone     = rule("name-alone", Warning, "RFC 2183 §2.3", "A name in Content-Type has no filename beside it")
	nameDiffers   = rule("name-differs", Warning, "RFC 2183 §2.3", "The name and the filename differ")
	nameUnsafe    = rule("name-unsafe", Error, "RFC 2183 §2.3", "A file name has a directory or a control character")
	nameExtension = rule("name-extension", Warning, "RFC 2183 §5", "The content is not what its file name says")
)

// Transfer encodings.
var (
	encodingUnknown = rule("encoding-unknown", Error, "RFC 2045 §6.4", "The Content-Transfer-Encoding is unknown")
	encodingParts   = rule("encoding-multipart", Error, "RFC 2045 §6.4", "A part with parts is encoded")
	encoding7bit    = rule("encoding-7bit", Error, "RFC 2045 §2.7", "Content in 7bit has octets over 127")
	base64Alphabet  = rule("base64-alphabet", Error, "RFC 2045 §6.8", "base64 has an octet that is not of its alphabet")
	base64Padding   = rule("base64-padding", Error, "RFC 2045 §6.8", "The padding of base64 is invalid")
	base64Line      = rule("base64-line", Error, "RFC 2045 §6.8", "A line of base64 is longer than 76")
	quotedEscape    = rule("quoted-escape", Error, "RFC 2045 §6.7", "An = in quoted-printable begins no escape")
	quotedLine      = rule("quoted-line", Error, "RFC 2045 §6.7", "A line of quoted-printable is longer than 76")
	quotedSpace     = rule("quoted-space", Warning, "RFC 2045 §6.7", "A line in quoted-printable ends with a space")
)

// Charsets.
var (
	charsetMissing  = rule("charset-missing", Warning, "RFC 2046 §4.1.2", "A text that is not ASCII has no charset")
	charsetUnknown  = rule("charset-unknown", Error, "RFC 2046 §4.1.2", "The charset is unknown")
	charsetMismatch = rule("charset-mismatch", Error, "RFC 2046 §4.1.2", "The octets are not of the charset")
)

// Multiparts.
var (
	boundaryMissing   = rule("boundary-missing", Error, "RFC 2046 §5.1.1", "A multipart has no boundary")
	boundaryLength    = rule("boundary-length", Error, "RFC 2046 §5.1.1", "A boundary is longer than 70")
	boundaryPrefix    = rule("boundary-prefix", Error, "RFC 2046 §5.1.2", "A boundary begins with that of another")
	boundaryContent   = rule("boundary-content", Warning, "RFC 2046 §5.1.1", "A line of content begins like a boundary")
	multipartUnclosed = rule("multipart-unclosed", Error, "RFC 2046 §5.1.1", "A multipart has no closing boundary")
	multipartEpilogue = rule("multipart-epilogue", Warning, "RFC 2046 §5.1.1", "There is text after a multipart")
	multipartEmpty    = rule("multipart-empty", Error, "RFC 2046 §5.1.1", "A multipart has no part")
	relatedRoot       = rule("related-root", Error, "RFC 2387 §3.2", "The root of multipart/related is missing")
	relatedTarget     = rule("related-target", Warning, "RFC 2387 §3", "No part of multipart/related can be referred to")
	cidUnknown        = rule("cid-unknown", Error, "RFC 2392 §2", "A cid: URL refers to no part")
	alternativeOrder  = rule("alternative-order", Warning, "RFC 2046 §5.1.4", "Plain text follows a richer alternative")
	textAfter         = rule("text-after", Warning, "RFC 2183 §2", "A text without a name follows an attachment")
)

// The content.
var (
	fromLine   = rule("from-line", Warning, "RFC 2049 §3", "A line begins with From, which mbox programs change")
	loneDot    = rule("lone-dot", Warning, "RFC 2049 §3", "A line is a single dot, which ends a mail in SMTP")
	htmlScript = rule("html-script", Warning, "RFC 2854 §7", "HTML has a script, which no reader runs")
	htmlForm   = rule("html-form", Warning, "RFC 2854 §7", "HTML has a form, which most readers do not show")
)
