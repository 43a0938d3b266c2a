package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// ownAccount is an account with a login.
const ownAccount = `[accounts.a]
server = "submission://own.example"
user = "account"
password_file = "account"
tls = "required"
`

// Each variable loses against its flag and wins over the account.
func TestVariables(t *testing.T) {
	for _, key := range []struct{ name, variable, flag, byAccount, byEnv, byFlag string }{
		{"user", "MAILPIPE_USER", "user", "account", "env", "flag"},
		{"password_file", "MAILPIPE_PASSWORD_FILE", "password-file", "account", "env", "flag"},
		{"tls", "MAILPIPE_TLS", "tls", "required", "opportunistic", "none"},
	} {
		for _, tt := range []struct {
			flag    func(string) []string
			env     func(string) string
			account string
			want    string
		}{
			{flags(), env(), ownAccount, key.byAccount + " :"},
			{flags(), env(key.variable, ""), ownAccount, key.byAccount + " :"},
			{flags(), env(key.variable, key.byEnv), ownAccount, key.byEnv + " $" + key.variable + "\n"},
			{flags(), env(key.variable, key.byEnv), "", key.byEnv + " $" + key.variable + "\n"},
			{
				flags(key.flag + "=" + key.byFlag), env(key.variable, key.byEnv), ownAccount,
				key.byFlag + " --" + key.flag + "\n",
			},
		} {
			s, err := settle(t, tt.account, tt.flag, tt.env, "")
			if err != nil {
				t.Fatal(err)
			}
			list := "\n" + listed(s)
			if !strings.Contains(list, "\n"+key.name+"="+tt.want) || strings.Count(list, "\n"+key.name+"=") != 1 {
				t.Errorf("%s: want %s, the list is%s", key.name, tt.want, list)
			}
		}
	}
}

// The password comes from the first place that has one: a flag, a variable, the
// account, ~/.netrc.
func TestPasswordFileVariable(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	file(".netrc", "machine h login bob password netrc\n")
	account := "[accounts.a]\npassword_file = \"" + file("account", "account\n") + "\"\n"
	variable, flag := file("variable", "variable\r\n"), file("flag", "flag")
	for _, tt := range []struct {
		account, file, password string
		flag                    string
		want                    string
	}{
		{"", "", "", "", "netrc"},
		{account, "", "", "", "account"},
		{account, variable, "", "", "variable"},
		{account, "", "itself", "", "itself"},
		{account, variable, "", "password-file=" + flag, "flag"},
		{account, variable, "", "password-command=echo command", "command"},
		{account, variable, "itself", "password-file=" + flag, "flag"},
		{"", variable, "", "", "variable"},
	} {
		given := []string{"server=h", "user=bob"}
		if tt.flag != "" {
			given = append(given, tt.flag)
		}
		variables := env("MAILPIPE_PASSWORD_FILE", tt.file, PasswordVariable, tt.password, "HOME", dir)
		s, err := settle(t, tt.account, flags(given...), variables, "")
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Login(s.Servers[0], nil).Secret()
		if err != nil || got != tt.want {
			t.Errorf("%+v: %q, %v", tt, got, err)
		}
	}
}

// The user of a variable is like that of a flag: it loses against the user in the
// URL of a flag.
func TestUserVariable(t *testing.T) {
	for _, tt := range []struct{ flag, server, want string }{
		{"h", "", "env"},
		{"smtp://bob@h", "", "bob"},
		{"", "smtp://bob@h", "env"},
	} {
		given := flags()
		if tt.flag != "" {
			given = flags("server=" + tt.flag)
		}
		s, err := Settle(given, env("MAILPIPE_USER", "env", "MAILPIPE_SERVER", tt.server), Choice{})
		if err != nil {
			t.Fatal(err)
		}
		if got := s.User(s.Servers[0]); got != tt.want {
			t.Errorf("%+v: %q", tt, got)
		}
	}
}

// If -S names another server than $MAILPIPE_SERVER, the login of the environment is
// not shown to it. The TLS policy stays.
func TestVariablesAndOtherServer(t *testing.T) {
	const account = "[accounts.a]\nserver = \"own.example\"\nuser = \"account\"\n"
	for _, tt := range []struct{ flag, server, want string }{
		{"other.example", "env.example", ""},
		{"sink:/tmp/x", "env.example", ""},
		{"own.example", "env.example", "account"},
		{"other.example", "", "env"},
		{"other.example", "h:0", ""}, // invalid, but not in force
		{"smtps://ENV.example", "env.example", "env"},
		{"", "env.example", "env"},
	} {
		given := flags()
		if tt.flag != "" {
			given = flags("server=" + tt.flag)
		}
		variables := env("MAILPIPE_SERVER", tt.server, "MAILPIPE_USER", "env", "MAILPIPE_PASSWORD_FILE", "/nowhere",
			"MAILPIPE_TLS", "required")
		s, err := settle(t, account, given, variables, "")
		if err != nil {
			t.Fatal(err)
		}
		list := listed(s)
		if got := s.User(s.Servers[0]); got != tt.want || !strings.Contains(list, "tls=required $MAILPIPE_TLS\n") {
			t.Errorf("%+v: user %q:\n%s", tt, got, list)
		}
		isUnused := strings.Contains(list, "user=env $MAILPIPE_USER unused\n")
		if isUnused != (tt.want != "env") || s.CheckPasswordFile() != nil != (tt.want == "env") {
			t.Errorf("%+v: the list is\n%s", tt, list)
		}
	}
}

func TestInvalidVariables(t *testing.T) {
	for _, tt := range []struct {
		flags, variables []string
		want, fix        string
	}{
		{
			nil, []string{"MAILPIPE_TLS", "bogus"},
			`$MAILPIPE_TLS: unknown policy "bogus": must be one of required, opportunistic, none`, "",
		},
		{
			nil, []string{"MAILPIPE_TLS", "requird"},
			`$MAILPIPE_TLS: unknown policy "requird": must be one of required, opportunistic, none (did you mean required?)`, "",
		},
		{nil, []string{"MAILPIPE_USER", "a\nb"}, `$MAILPIPE_USER: contains a control character`, ""},
		{nil, []string{"MAILPIPE_PASSWORD_FILE", "a\x00b"}, `$MAILPIPE_PASSWORD_FILE: contains a control character`, ""},
		{
			nil, []string{"MAILPIPE_PASSWORD_FILE", "pw", "MAILPIPE_PASSWORD", "x"},
			"$MAILPIPE_PASSWORD_FILE contradicts $MAILPIPE_PASSWORD", "leave out one of them",
		},
		{
			nil, []string{"MAILPIPE_SERVER", "smtps://h", "MAILPIPE_TLS", "none"},
			`$MAILPIPE_TLS none contradicts $MAILPIPE_SERVER: smtps begins with TLS`, "unset MAILPIPE_TLS",
		},
		{
			[]string{"server=smtps://h"}, []string{"MAILPIPE_TLS", "none"},
			`--server contradicts tls = "none" of $MAILPIPE_TLS: smtps begins with TLS`, "add --tls required",
		},
		{
			[]string{"tls-ca=ca.pem"}, []string{"MAILPIPE_TLS", "opportunistic"},
			`--tls-ca contradicts tls = "opportunistic" of $MAILPIPE_TLS: the certificate would not be checked`,
			"add --tls required",
		},
	} {
		_, err := Settle(flags(tt.flags...), env(tt.variables...), Choice{})
		invalid, ok := errors.AsType[*SettingError](err)
		if !ok || invalid.Error() != tt.want || invalid.Fix != tt.fix {
			t.Errorf("%q: got %v, fix %+v", tt.variables, err, invalid)
		}
	}
}
