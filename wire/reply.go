package wire

// Reply is what a server answered (RFC 5321 §4.2).
type Reply struct {
	Code     int      // 0: none
	Enhanced string   // "5.1.1" (RFC 2034), or empty
	Lines    []string // texts without code and line end, as the server gave them, untrusted
}
