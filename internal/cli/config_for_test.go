package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"mailpipe/internal/address"
	"mailpipe/internal/config"
	"mailpipe/internal/locate"
	"mailpipe/internal/provider"
)

// suggestions are all accounts that the table of providers can give, and those of
// unknown providers.
func suggestions(t *testing.T) []*suggestedAccount {
	t.Helper()
	var list []*suggestedAccount
	mailbox := func(domain string) address.Address {
		return address.Address{Name: `A "Q" é`, Local: "o'brien`x`$y", Domain: domain}
	}
	for _, p := range provider.All() {
		if p.Service != "" {
			p := provider.FindService(strings.Replace(p.Service, "REGION", "eu-west-1", 1))
			list = append(list, &suggestedAccount{name: p.Account, server: locate.Server{URL: p.Server, Provider: p}})
			continue
		}
		for _, domain := range append(strings.Fields(p.Domains), "xn--mll-hoa.example") {
			found := locate.Server{URL: p.Server, Provider: &p, DNS: domain == "xn--mll-hoa.example"}
			list = append(list, &suggestedAccount{name: p.Account, from: mailbox(domain), server: found})
		}
	}
	unknown := locate.Server{
		URL: "smtps://mail.example.net:4650", DNS: true, Outside: true, Notes: []string{"A \x1b note."},
	}
	return append(list, &suggestedAccount{name: "example", from: mailbox("example.org"), server: unknown})
}

// Each suggestion is a file with one account, and so is it with each key that it
// suggests in a comment.
func TestSuggestions(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config.toml")
	comment := regexp.MustCompile(`(?m)^# ([a-z_]+ = .*)$`)
	commands := regexp.MustCompile(`\n# mailpipe deliver --probe -A (\S+)\n` +
		`# mailpipe send -A (\S+) -t (\S+|'.*') -s Test --body 'It works.'\n$`)
	for _, a := range suggestions(t) {
		text := a.toml(file)
		c := load(t, file, text)
		choice, err := c.Choose(a.name, "", noEnv)
		if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
		s, err := config.Settle(func(string) []string { return nil }, noEnv, choice)
		if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
		if len(c.Accounts()) != 1 || s.Servers[0].Name != a.server.URL || s.User(s.Servers[0]) != a.user() {
			t.Errorf("user %q in\n%s", s.User(s.Servers[0]), text)
		}
		if from, err := address.Parse(s.From); err != nil || from.Mailbox() != a.mailbox() || from.Name != a.from.Name {
			t.Errorf("from %q in\n%s", s.From, text)
		}
		last := commands.FindStringSubmatch(text)
		if last == nil || last[1] != a.name || last[2] != a.name || words(t, last[3]) != a.mailbox() {
			t.Errorf("%q in\n%s", last, text)
		}
		for _, key := range comment.FindAllStringSubmatch(text, -1) {
			load(t, file, "[accounts.a]\n"+key[1])
			value, err := strconv.Unquote(strings.SplitN(key[1], " = ", 2)[1])
			if err != nil {
				t.Fatal(err)
			}
			if user, ok := strings.CutPrefix(value, "oama access "); ok && words(t, user) != a.mailbox() {
				t.Errorf("%q in\n%s", value, text)
			}
		}
		if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\n' }) {
			t.Errorf("control characters in\n%q", text)
		}
	}
}

// load returns the configuration that is the text.
func load(t *testing.T, file, text string) *config.Config {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(file, noEnv)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return c
}

func noEnv(string) string { return "" }

// words returns what a shell reads as a word.
func words(t *testing.T, word string) string {
	t.Helper()
	out, err := exec.Command("sh", "-c", `printf %s `+word).Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// user returns the user name that the table defines.
func (a *suggestedAccount) user() string {
	if p := a.server.Provider; p != nil {
		switch p.Login {
		case provider.LocalPart:
			return a.from.Local
		case provider.Fixed, provider.Issued:
			return p.User
		case provider.NoLogin:
			return ""
		}
	}
	return a.mailbox()
}

// What the password is, and what the user must do, follows from the table.
func TestPasswordKinds(t *testing.T) {
	for name, want := range map[string][]string{
		"a@gmail.com": {
			"# The password is an app password,", "https://myaccount.google.com/apppasswords", `# auth = "XOAUTH2"`,
			`# password_command = "pass show mail/gmail"`,
		},
		"a@outlook.com": {
			"\nauth = \"XOAUTH2\"\n", "# The password is an OAuth 2 token.",
			`# password_command = "oama access a@outlook.com"`, `# password_command = "pizauth show outlook"`,
			`# password_command = "mutt_oauth2.py `,
		},
		"a@posteo.de": {"# The password is that of the mailbox."},
		"a@pm.me": {
			"server = \"smtp://127.0.0.1:1025\"\n", "a program that must run on this host",
			"# tls_ca = \"~/.config/mailpipe/proton.pem\"",
		},
		"a@web.de":     {"user = \"a\"\n", "must be switched on"},
		"sendgrid":     {"user = \"apikey\"\n", "https://app.sendgrid.com/", "from = \"you@example.com\"\n"},
		"ses:eu-1":     {"# Replace this by yours:\nuser = \"SMTP user name\"\n", "email-smtp.eu-1.amazonaws.com"},
		"mailpit":      {"server = \"smtp://127.0.0.1:1025\"\n", "sends none"},
		"A <a@me.com>": {"from = \"\\\"A\\\" <a@me.com>\"\n", "user = \"a@me.com\"\n"},
	} {
		a, err := suggestAccount(name, nil)
		if err != nil {
			t.Fatal(err)
		}
		text := a.toml("config.toml")
		for _, part := range want {
			if !strings.Contains(text, part) {
				t.Errorf("%s: no %q in\n%s", name, part, text)
			}
		}
		if (name == "mailpit") == strings.Contains(text, "password") {
			t.Errorf("%s:\n%s", name, text)
		}
	}
}
