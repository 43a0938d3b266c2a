package config

import (
	"errors"
	"strings"
	"testing"
)

func TestInvalidFlag(t *testing.T) {
	for _, tt := range []struct {
		flags []string
		want  string
	}{
		{
			[]string{"tls=requierd"},
			`--tls: unknown policy "requierd": must be one of required, opportunistic, none (did you mean required?)`,
		},
		{
			[]string{"server=h", "server=h:0"},
			`--server "h:0": invalid port "0": must be a number from 1 to 65535`,
		},
		{
			[]string{"server=smtps://bob:hunter2@h"},
			`--server "smtps://[hidden]@h": a password in a URL is visible to other users`,
		},
		{[]string{"auth=plain"}, "--auth: missing user"},
		{[]string{"user=bob:hunter2"}, "--user: a password after a colon is visible to other users"},
		{[]string{"password-file=x"}, "--password-file: missing user"},
		{
			[]string{"user=bob", "password-file=x", "password-command=y"},
			"--password-file contradicts --password-command",
		},
		{[]string{"tls-key=x"}, "--tls-key: missing certificate for the key"},
		{[]string{"timeout=0"}, `--timeout: invalid duration "0": `},
		{[]string{"timeout=NaN"}, `--timeout: invalid duration "NaN": `},
		{[]string{"helo="}, "--helo: must be a domain or an address literal"},
		{[]string{"tls-fingerprint=00:11"}, "--tls-fingerprint: must be the SHA-256 of a certificate"},
	} {
		_, err := Settle(flags(tt.flags...), env(), Choice{})
		checkSettingError(t, err, tt.want)
	}
	_, err := Settle(flags(), env("MAILPIPE_SERVER", "h:0"), Choice{})
	checkSettingError(t, err, `$MAILPIPE_SERVER "h:0": invalid port`)
}

func TestContradiction(t *testing.T) {
	pinKey := "tls_fingerprint = \"" + strings.TrimPrefix(pin, "tls-fingerprint=") + "\"\n"
	for _, tt := range []struct {
		account string
		flags   []string
		want    string
	}{
		{"", []string{"server=smtps://h", "tls=none"}, "--tls none contradicts --server: smtps begins with TLS"},
		{"", []string{"server=h:465", "tls=none"}, "--tls none contradicts --server: smtps begins with TLS"},
		{
			"tls = \"none\"\nserver = \"smtps://h\"", nil,
			"config.toml:2: tls none contradicts server: smtps begins with TLS",
		},
		{"tls = \"none\"", []string{"server=smtps://h"}, `--server contradicts tls = "none" of `},
		{"server = \"smtps://h\"", []string{"tls=none"}, "--tls none contradicts server: smtps begins with TLS"},
		{
			"", []string{"tls=opportunistic", pin},
			"--tls opportunistic contradicts --tls-fingerprint: the certificate would not be checked",
		},
		{
			"", []string{"tls=opportunistic", "tls-ca=ca.pem"},
			"--tls opportunistic contradicts --tls-ca: the certificate would not be checked",
		},
		{"", []string{"tls=none", pin}, "--tls none contradicts --tls-fingerprint: "},
		{"tls = \"opportunistic\"", []string{pin}, `--tls-fingerprint contradicts tls = "opportunistic" of `},
		{
			"tls = \"opportunistic\"\n" + pinKey, nil,
			"config.toml:2: tls opportunistic contradicts tls_fingerprint: the certificate would not be checked",
		},
		{pinKey + "tls = \"none\"", nil, "config.toml:3: tls none contradicts tls_fingerprint"},
		{"auth = \"plain\"", nil, "config.toml:2: auth: missing user"},
		{"tls_key = \"x\"", nil, "config.toml:2: tls_key: missing certificate for the key"},
	} {
		_, err := settle(t, "[accounts.a]\n"+tt.account, flags(tt.flags...), env(), "a")
		checkSettingError(t, err, tt.want)
	}
}

// checkSettingError checks the words of an error, and that the file is at fault
// only if they name it first.
func checkSettingError(t *testing.T, err error, want string) {
	t.Helper()
	var e *SettingError
	if !errors.As(err, &e) || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %v, want %s", err, want)
		return
	}
	if e.InFile() != strings.HasPrefix(want, "config.toml") {
		t.Errorf("%v: InFile is %v", err, e.InFile())
	}
}

func TestNoContradiction(t *testing.T) {
	pinKey := "tls_fingerprint = \"" + strings.TrimPrefix(pin, "tls-fingerprint=") + "\""
	for _, tt := range []struct {
		account string
		flags   []string
	}{
		{pinKey, []string{"tls=required", pin}},
		{pinKey, []string{pin}},
		{pinKey, []string{"tls=none"}}, // the flag overrides the account
		// Only in a flag, as in curl, a colon begins a password.
		{"user = \"bob:x\"", nil},
		// The user of an account with a password may come with -S.
		{"password_file = \"x\"", nil},
	} {
		if _, err := settle(t, "[accounts.a]\n"+tt.account, flags(tt.flags...), env(), "a"); err != nil {
			t.Errorf("%+v: %v", tt, err)
		}
	}
}

func TestFingerprint(t *testing.T) {
	plain := strings.Repeat("0a", 32)
	colons := strings.TrimSuffix(strings.Repeat("0A:", 32), ":")
	for _, tt := range []struct {
		text string
		want bool
	}{
		{plain, true},
		{colons, true},
		{strings.ToUpper(plain), true},
		{plain + "00", false},
		{plain[2:], false},
		{colons + ":", false},
		{strings.Replace(colons, "0A:0", "0A0:", 1), false},
		{"0A:" + plain[2:], false},
		{strings.Replace(plain, "0a", "0g", 1), false},
		{strings.ReplaceAll(colons, ":", "-"), false},
		{"", false},
	} {
		sum, ok := fingerprint(tt.text)
		if ok != tt.want || ok && (len(sum) != 32 || sum[31] != 10) {
			t.Errorf("%q: %x %v", tt.text, sum, ok)
		}
	}
}
