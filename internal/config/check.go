package config

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"mailpipe/internal/address"
	"mailpipe/internal/spelling"
	"mailpipe/wire"
)

func checkServer(value string) *SettingError {
	_, err := parseServer(value)
	return err
}

func checkFrom(value string) *SettingError {
	if _, err := address.Parse(value); err != nil {
		return &SettingError{Reason: err.Error(), Err: err}
	}
	return nil
}

func checkText(value string) *SettingError {
	switch {
	case value == "":
		return invalid("must not be empty")
	case strings.ContainsFunc(value, unicode.IsControl):
		return invalid("contains a control character")
	}
	return nil
}

func checkCommand(value string) *SettingError {
	switch {
	case strings.TrimSpace(value) == "":
		return invalid("must not be empty")
	case strings.Contains(value, "\x00"):
		return invalid("contains NUL")
	}
	return nil
}

func checkMechanism(value string) *SettingError {
	return oneOf("mechanism", value, strings.ToUpper(value), wire.Mechanisms())
}

func checkTLS(value string) *SettingError { return oneOf("policy", value, value, tlsPolicies) }

// oneOf returns an error unless word, which is value in the form of the choices,
// is one of them.
func oneOf(what, value, word string, choices []string) *SettingError {
	if slices.Contains(choices, word) {
		return nil
	}
	err := invalid("unknown " + what + " " + quote(value) + ": must be one of " + strings.Join(choices, ", "))
	err.Near = spelling.Closest(word, choices)
	return err
}

func checkFingerprint(value string) *SettingError {
	if _, ok := fingerprint(value); !ok {
		return invalid("must be the SHA-256 of a certificate: 64 hexadecimal digits, colons allowed")
	}
	return nil
}

// fingerprint decodes a SHA-256 in hexadecimal, with or without colons between
// the octets.
func fingerprint(value string) (sum []byte, ok bool) {
	sum, err := hex.DecodeString(strings.ReplaceAll(value, ":", ""))
	plain := hex.EncodeToString(sum)
	withColons := strings.ReplaceAll(fmt.Sprintf("% x", sum), " ", ":")
	isEither := strings.EqualFold(value, plain) || strings.EqualFold(value, withColons)
	return sum, err == nil && len(sum) == 32 && isEither
}

func checkHost(value string) *SettingError {
	if _, ok := parseHost(value); !ok {
		return invalid("invalid host name " + quote(value))
	}
	return nil
}

// checkHelo accepts a domain or an address literal (RFC 5321 §4.1.1.1).
func checkHelo(value string) *SettingError {
	const allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._[]:"
	if value == "" || len(value) > 255 || strings.Trim(value, allowed) != "" {
		return invalid("must be a domain or an address literal")
	}
	return nil
}

func checkDuration(value string) *SettingError {
	if _, ok := ParseDuration(value); !ok {
		return invalid("invalid duration " + quote(value) + ": must be a number of seconds, or such as 90s, 5m or 1h")
	}
	return nil
}

// ParseDuration parses a bare number as seconds, and anything else as
// time.ParseDuration does. The duration must be positive.
func ParseDuration(value string) (d time.Duration, ok bool) {
	if _, err := strconv.ParseFloat(value, 64); err == nil {
		value += "s"
	}
	d, err := time.ParseDuration(value)
	return d, err == nil && d > 0
}
