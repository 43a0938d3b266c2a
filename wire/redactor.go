package wire

import (
	"encoding/base64"
	"strings"
)

// hidden is what replaces a secret.
const hidden = "[hidden]"

// A redactor replaces secrets in what a server says, since it may echo them. So
// they appear in no trace, error or receipt.
type redactor struct {
	pairs    []string // a secret, and what replaces it
	replacer *strings.Replacer
}

// hide adds secrets.
func (r *redactor) hide(secrets ...string) {
	for _, s := range secrets {
		if s != "" {
			r.pairs = append(r.pairs, s, hidden)
		}
	}
	r.replacer = strings.NewReplacer(r.pairs...)
}

func (r *redactor) redact(text string) string {
	if r.replacer == nil {
		return text
	}
	return r.replacer.Replace(text)
}

// redactError returns err with a text that has no secrets and a limited length.
func (r *redactor) redactError(err error) error {
	if err == nil {
		return nil
	}
	text := r.redact(err.Error())
	const limit = 1 << 10
	if len(text) > limit {
		text = text[:limit] + "..."
	}
	return &redactedError{text, err}
}

// A redactedError is an error whose text was redacted.
type redactedError struct {
	text string
	err  error
}

func (e *redactedError) Error() string { return e.text }
func (e *redactedError) Unwrap() error { return e.err }

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
