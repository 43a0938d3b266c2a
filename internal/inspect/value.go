package inspect

import (
	"strings"

	"mailpipe/internal/address"
	"mailpipe/internal/header"
	"mailpipe/internal/message"
)

// Value returns the value of a field as a person reads it: unfolded and decoded. Octets
// that are not UTF-8 stay as they are.
func Value(f message.Field) string {
	value := strings.ReplaceAll(f.Value(), "\t", " ") // where it was folded
	if header.IsAddresses(f.Name()) {
		return addresses(value)
	}
	return address.DecodeText(value)
}

// addresses returns an address list with its names decoded. What is not an address
// stays as it is.
func addresses(value string) string {
	var b strings.Builder
	for e := range address.Split(value) {
		b.WriteString(" " + mailbox(e.Text) + e.End)
	}
	return strings.TrimPrefix(b.String(), " ")
}

// mailbox returns an element of an address list with its name decoded.
func mailbox(text string) string {
	list, err := address.ParseHeader(text)
	switch {
	case err != nil || len(list) != 1 || !strings.Contains(text, "=?"):
		return text
	case list[0].Name == "":
		return list[0].Mailbox()
	}
	return displayName(list[0].Name) + " <" + list[0].Mailbox() + ">"
}

// displayName returns a name in quotes if it would otherwise be read as more than a name.
func displayName(name string) string {
	if strings.ContainsAny(name, `()<>[]:;@\,"`) {
		return address.Quote(name)
	}
	return name
}
