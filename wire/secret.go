package wire

import "encoding/base64"

// minBareSecret is the length in octets from which a secret is redacted as it
// is. A shorter one, such as "queued" or "1", occurs in ordinary replies: its
// redaction would damage them and give the secret away.
const minBareSecret = 7

// secretForms returns the forms in which a server could echo a secret. A form
// precedes the forms that it contains.
func secretForms(user, secret string) []string {
	if secret == "" {
		return nil
	}
	encoded, unpadded := base64.StdEncoding, base64.RawStdEncoding
	var forms []string
	for _, identity := range []string{user, ""} { // the responses of PLAIN
		response := []byte(identity + "\x00" + user + "\x00" + secret)
		forms = append(forms, encoded.EncodeToString(response), unpadded.EncodeToString(response))
	}
	forms = append(forms, encoded.EncodeToString([]byte(secret)))
	if len(secret) >= minBareSecret {
		forms = append(forms, unpadded.EncodeToString([]byte(secret)), secret)
	}
	return forms
}

// A redactedError is an error whose text no longer contains secrets.
type redactedError struct {
	text string
	err  error
}

func (e *redactedError) Error() string { return e.text }
func (e *redactedError) Unwrap() error { return e.err }

// redactError removes the secrets from the text of an error, which may quote
// the server, and limits its length.
func (c *Client) redactError(err error) error {
	if err == nil {
		return nil
	}
	reply := Reply{Lines: []string{err.Error()}}
	c.redact(&reply)
	text := reply.Lines[0]
	const limit = 1 << 10
	if len(text) > limit {
		text = text[:limit] + "..."
	}
	return &redactedError{text, err}
}
