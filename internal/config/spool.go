package config

import (
	"net/url"
	"strings"
)

// checkSpool accepts any name of a directory, and the URL of a database if it has no
// password. Package postgres checks the rest of the URL. A directory that is named as if it were a
// database would hide the messages in it.
func checkSpool(value string) *SettingError {
	given, rest, hasScheme := strings.Cut(value, ":")
	scheme := strings.ToLower(given)
	isDatabase := hasScheme && (scheme == "postgres" || scheme == "postgresql")
	switch {
	case isDatabase && hasPassword(rest):
		return &SettingError{
			Value:  scheme + "://" + hidden, // it is not certain where a password ends
			Reason: "a password in a URL is visible to other users",
			Fix:    "write the password to ~/.pgpass",
		}
	case isDatabase && (given != scheme || !strings.HasPrefix(rest, "//")):
		return &SettingError{
			Value:  value,
			Reason: "the URL of a database begins with postgres://",
			Fix:    "name a directory ./" + value,
		}
	}
	return checkPath(value)
}

// CheckSpool returns an error if a value of --spool has a password, which it does not
// contain, or cannot be one.
func CheckSpool(value string) error {
	if err := checkSpool(value); err != nil {
		return err
	}
	return nil
}

// hasPassword reports whether the URL of a database has a password: in the text before
// an @, or in a parameter such as password or sslpassword.
func hasPassword(afterScheme string) bool {
	base, query, _ := strings.Cut(afterScheme, "?")
	if at := strings.LastIndexByte(base, '@'); at >= 0 {
		user := strings.ToLower(base[:at])
		if strings.Contains(user, ":") || strings.Contains(user, "%3a") {
			return true
		}
	}
	for pair := range strings.FieldsFuncSeq(query, func(r rune) bool { return r == '&' || r == ';' }) {
		name, _, _ := strings.Cut(pair, "=")
		if decoded, err := url.QueryUnescape(name); err == nil {
			name = decoded
		}
		if strings.Contains(strings.ToLower(name), "password") {
			return true
		}
	}
	return false
}
