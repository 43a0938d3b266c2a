package config

import (
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"time"
	"unicode"

	"mailpipe/internal/address"
	"mailpipe/internal/spelling"
	"mailpipe/wire"
)

// key is a setting by its name in a file. The flag is called the same, with hyphens.
type key struct {
	name  string
	env   string // a variable of the environment, or empty
	list  bool   // may be given more than once
	check func(value string) (near, reason string)
}

var keys = []key{
	{"server", "MAILPIPE_SERVER", true, checkServer},
	{"from", "MAILPIPE_FROM", false, checkFrom},
	{"user", "", false, checkText},
	{"auth", "", false, checkMechanism},
	{"password_command", "", false, checkCommand},
	{"password_file", "", false, checkText},
	{"tls", "", false, checkSecurity},
	{"tls_ca", "", false, checkText},
	{"tls_cert", "", false, checkText},
	{"tls_key", "", false, checkText},
	{"tls_fingerprint", "", true, checkFingerprint},
	{"tls_name", "", false, checkHost},
	{"helo", "", false, checkHello},
	{"timeout", "", false, checkDuration},
	{"connect_timeout", "", false, checkDuration},
}

// familiar are names that people know from elsewhere.
var familiar = map[string]string{
	"host": "server", "port": "server", "url": "server", "smtp": "server",
	"username": "user", "login": "user",
	"passwordeval": "password_command", "tls_trust_file": "tls_ca", "tls_cert_file": "tls_cert",
	"tls_key_file": "tls_key", "tls_host_override": "tls_name", "domain": "helo",
}

// Security is what TLS must give.
type Security string

// As flags and files spell it.
const (
	NoTLS         Security = "none"
	Opportunistic Security = "opportunistic"
	Required      Security = "required"
)

func find(name string) *key {
	for i := range keys {
		if keys[i].name == name {
			return &keys[i]
		}
	}
	return nil
}

func keyNames() []string {
	names := make([]string, len(keys))
	for i := range keys {
		names[i] = keys[i].name
	}
	return names
}

func checkServer(v string) (near, reason string) {
	_, err := parseServer(v)
	var e *serverError
	if errors.As(err, &e) {
		return e.Near, e.Error()
	}
	return "", ""
}

func checkFrom(v string) (near, reason string) {
	if _, err := address.Parse(v); err != nil {
		return "", err.Error()
	}
	return "", ""
}

func checkText(v string) (near, reason string) {
	switch {
	case v == "":
		return "", "it is empty"
	case strings.ContainsFunc(v, unicode.IsControl):
		return "", "a control character is in it"
	}
	return "", ""
}

func checkCommand(v string) (near, reason string) {
	switch {
	case strings.TrimSpace(v) == "":
		return "", "it is empty"
	case strings.Contains(v, "\x00"):
		return "", "a NUL is in it"
	}
	return "", ""
}

func checkMechanism(v string) (near, reason string) {
	return oneOf(strings.ToUpper(v), wire.Mechanisms())
}

func checkSecurity(v string) (near, reason string) {
	return oneOf(v, []string{string(Required), string(Opportunistic), string(NoTLS)})
}

func oneOf(v string, choices []string) (near, reason string) {
	for _, c := range choices {
		if v == c {
			return "", ""
		}
	}
	return spelling.Word(v, choices), quote(v) + " is none of " + strings.Join(choices, ", ")
}

func checkFingerprint(v string) (near, reason string) {
	if _, ok := fingerprint(v); !ok {
		return "", "a fingerprint is the SHA-256 of a certificate: 64 hexadecimal digits, colons allowed"
	}
	return "", ""
}

// fingerprint reads a SHA-256 in hexadecimal digits, with or without colons between octets.
func fingerprint(v string) ([]byte, bool) {
	if len(v) == 3*32-1 {
		for i := 2; i < len(v); i += 3 {
			if v[i] != ':' {
				return nil, false
			}
		}
		v = strings.ReplaceAll(v, ":", "")
	}
	sum, err := hex.DecodeString(v)
	return sum, err == nil && len(sum) == 32
}

func checkHost(v string) (near, reason string) {
	if _, ok := parseHost(v); !ok {
		return "", quote(v) + " is no name of a host"
	}
	return "", ""
}

// checkHello wants a domain or an address literal (RFC 5321 §4.1.1.1).
func checkHello(v string) (near, reason string) {
	ok := v != "" && len(v) <= 255
	for i := range len(v) {
		c := v[i]
		ok = ok && (c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || strings.IndexByte("-._[]:", c) >= 0)
	}
	if !ok {
		return "", "a name for EHLO is a domain or an address literal"
	}
	return "", ""
}

func checkDuration(v string) (near, reason string) {
	if _, err := parseDuration(v); err != nil {
		return "", err.Error()
	}
	return "", ""
}

// parseDuration reads a time to wait: a bare number is seconds, else as Go has it (90s, 5m, 1h30m).
func parseDuration(v string) (time.Duration, error) {
	text := v
	if _, err := strconv.ParseFloat(v, 64); err == nil {
		text += "s"
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return 0, errors.New(quote(v) + " is no time to wait: a number of seconds, or 90s, 5m, 1h")
	}
	return d, nil
}
