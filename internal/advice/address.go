package advice

import (
	"os"
	"strings"

	"mailpipe/internal/shell"
)

// Address returns the hint for an invalid address that is the value of a flag, or "".
func Address(value string) string {
	switch {
	case value == "":
		return "check that the variable is set: the value is empty"
	case value[0] == '-': // -t $unset -s Hello
		return "check that the variable is set: a flag is in place of the value"
	}
	return ""
}

// Recipient returns the hint for an invalid address of a recipient, or "".
func Recipient(value string) string {
	if hint := Address(value); hint != "" {
		return hint
	}
	const plain = "abcdefghijklmnopqrstuvwxyz0123456789-_"
	if strings.Trim(value, plain) != "" {
		return ""
	}
	return "to mail a user of this host, use " + value + "@localhost: aliases are not looked up"
}

// RecipientOperand is Recipient for an operand of deliver, which may be the
// name of a message by mistake.
func RecipientOperand(value string) string {
	if info, err := os.Stat(value); err == nil && info.Mode().IsRegular() {
		return "redirect the message to standard input: <" + shell.File(value)
	}
	return Recipient(value)
}

// LetterWithEquals returns the hint for an address that was given as -t=ADDR.
func LetterWithEquals(flag string) string {
	if flag == "--envelope-from" { // its letter depends on the command
		return "write " + flag + " ADDR"
	}
	letter := flag[len("-") : len("--")+1]
	return "write " + letter + " ADDR, not " + letter + "=ADDR"
}
