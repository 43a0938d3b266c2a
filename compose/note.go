package compose

import "fmt"

// A Note reports what Plan or WriteTo did that the sender may want to know. It
// is not an error: the message is still written.
type Note struct {
	Kind  NoteKind
	Part  string // what the note is about: a file name, "the text", "the HTML", "the subject" or "the name"
	Value string // depends on Kind
	Count int    // depends on Kind
	Why   string // the reason in a few words, if Kind has one
}

// A NoteKind is the kind of event that a Note reports.
type NoteKind string

const (
	NoteBidi            NoteKind = "bidi"             // the subject or display name Value has a bidirectional override
	NoteRenamed         NoteKind = "renamed"          // the file Part contains one in its name and is sent as Value
	NoteTextAttached    NoteKind = "text attached"    // the text contains NUL and is sent as the attachment Value
	NoteMessageAttached NoteKind = "message attached" // the message in the file Part is not sent as a message
	NoteCharset         NoteKind = "charset"          // Part is not UTF-8 and is read as the charset Value
	NoteWindows1252     NoteKind = "windows-1252"     // Count octets of Part are not UTF-8 and are read as windows-1252
	NoteReplaced        NoteKind = "replaced"         // Count sequences are invalid in the charset Value and become U+FFFD
	NoteNotEmbedded     NoteKind = "not embedded"     // Value, to which the HTML refers, is not embedded
	NoteLongHTML        NoteKind = "long HTML"        // references after a token of over Count octets are not embedded
	NoteNoTextVersion   NoteKind = "no text version"  // no text version of the HTML could be made
	NoteNotOffered      NoteKind = "not offered"      // the invitation in the file Part is not beside the text
)

// String returns the note in words, on one line.
func (n Note) String() string {
	switch n.Kind {
	case NoteBidi:
		return fmt.Sprintf("%s %+q contains a bidirectional override", n.Part, n.Value)
	case NoteRenamed:
		return fmt.Sprintf("the file name %+q contains a bidirectional override: sent as %s", n.Part, n.Value)
	case NoteTextAttached:
		return fmt.Sprintf("%s contains NUL: sent as the attachment %s", n.Part, n.Value)
	case NoteMessageAttached:
		return fmt.Sprintf("%s is sent as application/octet-stream, not as a message: %s", n.Part, n.Why)
	case NoteCharset:
		return fmt.Sprintf("%s is not UTF-8: read as %s", n.Part, n.Value)
	case NoteWindows1252:
		return fmt.Sprintf("%s is not UTF-8: %s read as windows-1252", n.Part, plural(n.Count, "octet"))
	case NoteReplaced:
		sequences := plural(n.Count, "sequence")
		return fmt.Sprintf("%s has %s invalid in %s: replaced by U+FFFD", n.Part, sequences, n.Value)
	case NoteNotEmbedded:
		return fmt.Sprintf("%q in the HTML is not embedded: %s", n.Value, n.Why)
	case NoteLongHTML:
		return fmt.Sprintf("the HTML has a tag, script or text of over %d octets: "+
			"images after it are not embedded", n.Count)
	case NoteNoTextVersion:
		return "no text version of the HTML could be made: " + n.Why
	case NoteNotOffered:
		return fmt.Sprintf("%s is sent only as an attachment, not beside the text: %s", n.Part, n.Why)
	}
	return ""
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
