package header

import (
	"slices"
	"strings"
)

// unstructured are fields that contain text for people, in which encoded words are
// allowed (RFC 2047 §5). So do those whose names begin with X-. All other fields are
// read by programs.
var unstructured = []string{"comments", "keywords", "organization", "summary", "thread-topic", "user-agent"}

// IsUnstructured reports whether a field, other than Subject, contains text for
// people.
func IsUnstructured(name string) bool {
	name = strings.ToLower(name)
	return strings.HasPrefix(name, "x-") || slices.Contains(unstructured, name)
}

// addressFields contain addresses. Their domains are written as A-labels, and only
// a display name may be an encoded word (RFC 2047 §5).
var addressFields = []string{
	"from", "sender", "reply-to", "to", "cc", "bcc",
	"resent-from", "resent-sender", "resent-to", "resent-cc", "resent-bcc",
	"disposition-notification-to", "return-receipt-to", "errors-to", "mail-followup-to", "mail-reply-to",
}

// IsAddresses reports whether a field contains addresses.
func IsAddresses(name string) bool { return slices.Contains(addressFields, strings.ToLower(name)) }

// unique are the fields that may occur only once (RFC 5322 §3.6, RFC 2045 §3).
var unique = []string{
	"from", "sender", "reply-to", "to", "cc", "bcc", "date", "message-id", "in-reply-to", "references", "subject",
	"mime-version", "content-type", "content-transfer-encoding", "content-id", "content-description",
	"content-disposition",
}

// IsUnique reports whether a field may occur only once.
func IsUnique(name string) bool { return slices.Contains(unique, strings.ToLower(name)) }
