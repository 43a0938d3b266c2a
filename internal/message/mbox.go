package message

import "bytes"

// mboxLine returns the length of the line that precedes a message in an mbox,
// or 0 if p does not begin with one. ("From : a@b" is a header field.)
func mboxLine(p []byte) int {
	rest, ok := bytes.CutPrefix(p, []byte("From "))
	if !ok || bytes.HasPrefix(bytes.TrimLeft(rest, " \t"), []byte(":")) {
		return 0
	}
	return bytes.IndexByte(p, '\n') + 1
}

// isPatch reports whether line is the one with which git format-patch begins each message.
func isPatch(line []byte) bool {
	rest, ok := bytes.CutPrefix(line, []byte("From "))
	if !ok {
		return false
	}
	hash, date, _ := bytes.Cut(rest, []byte(" "))
	if len(hash) != 40 && len(hash) != 64 || string(bytes.TrimRight(date, "\r")) != "Mon Sep 17 00:00:00 2001" {
		return false
	}
	return len(bytes.Trim(hash, "0123456789abcdef")) == 0
}
