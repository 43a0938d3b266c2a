package wire

import "encoding/base64"

// secretForms returns the forms in which a server could echo a secret. A longer form precedes the forms that it contains.
func secretForms(user, secret string) []string {
	if secret == "" {
		return nil
	}
	var forms []string
	for _, text := range []string{user + "\x00" + user + "\x00" + secret, "\x00" + user + "\x00" + secret, secret} {
		forms = append(forms,
			base64.StdEncoding.EncodeToString([]byte(text)),
			base64.RawStdEncoding.EncodeToString([]byte(text)))
	}
	return append(forms, secret)
}

// A redactedError is an error whose text no longer contains secrets.
type redactedError struct {
	text string
	err  error
}

func (e *redactedError) Error() string { return e.text }
func (e *redactedError) Unwrap() error { return e.err }

// redactError removes the secrets from the text of an error, which may quote the server, and limits its length.
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
