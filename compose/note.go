package compose

import "fmt"

// A Note says what Plan or WriteTo did that the sender may want to know. It is
// not an error: the message is written all the same.
type Note struct {
	Kind  NoteKind
	Part  string // the name of the part, or what it is: the text, the HTML, the subject
	Value string // see the kinds
	Why   string // a few words; see the kinds
	Count int    // see the kinds
}

// A NoteKind is what a Note is about.
type NoteKind int

const (
	NoteBidi            NoteKind = iota + 1 // a header field or name, Value, contains a character that changes the text direction
	NoteRenamed                             // the file Part is sent under the name Value
	NoteTextAttached                        // the text contains NUL and is sent as the attachment Value
	NoteMessageAttached                     // the file Part is not sent as a message but as an attachment in base64; Why
	NoteCharset                             // Part is not UTF-8 and is read as the charset Value
	NoteWindows1252                         // Count octets of Part are not UTF-8 and are read as windows-1252
	NoteReplaced                            // Count characters of Part are invalid in the charset Value and become U+FFFD
	NoteNotEmbedded                         // Value, which the HTML refers to, is not embedded; Why
	NoteLongHTML                            // the HTML is long: references after its first Count octets are not embedded
	NoteNotOffered                          // the calendar Part is sent only as an attachment; Why
)

// String returns the note in words, on one line.
func (n Note) String() string {
	switch n.Kind {
	case NoteBidi:
		return fmt.Sprintf("%s %+q contains a character that changes the text direction", n.Part, n.Value)
	case NoteRenamed:
		return fmt.Sprintf("the file name %+q contains a character that changes the text direction: sent as %s", n.Part, n.Value)
	case NoteTextAttached:
		return fmt.Sprintf("%s contains NUL: sent as the attachment %s", n.Part, n.Value)
	case NoteMessageAttached:
		return fmt.Sprintf("%s is sent as an attachment in base64, not as a message: %s", n.Part, n.Why)
	case NoteCharset:
		return fmt.Sprintf("%s is not UTF-8: read as %s", n.Part, n.Value)
	case NoteWindows1252:
		return fmt.Sprintf("%s is not UTF-8: %s read as windows-1252", n.Part, plural(n.Count, "octet"))
	case NoteReplaced:
		return fmt.Sprintf("%s has %s that %s does not allow: replaced by U+FFFD", n.Part, plural(n.Count, "sequence"), n.Value)
	case NoteNotEmbedded:
		return fmt.Sprintf("%q in the HTML is not embedded: %s", n.Value, n.Why)
	case NoteLongHTML:
		return fmt.Sprintf("the HTML is long: images after its first %d octets are not embedded", n.Count)
	case NoteNotOffered:
		return fmt.Sprintf("%s is sent as an attachment only, not beside the text: %s", n.Part, n.Why)
	}
	return ""
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
