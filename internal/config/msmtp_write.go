package config

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/BurntSushi/toml"

	"mailpipe/internal/address"
	"mailpipe/internal/termtext"
)

// toml returns the whole file as TOML.
func (m *msmtprc) toml() (string, error) {
	var b strings.Builder
	comment := func(notes ...string) {
		for _, n := range notes {
			b.WriteString("# " + termtext.Escape(n) + "\n")
		}
	}
	comment("Accounts of " + m.file + ", an msmtp configuration.")
	comment(m.defaults.notes...)
	if a := m.find("default"); a != nil {
		name := a.name
		if a.isAlias() {
			name = a.parents[0]
		}
		b.WriteString("\n" + tomlLine("default", name) + "\n")
	}
	for _, a := range m.accounts {
		if a.isAlias() {
			continue
		}
		t := msmtpTable{account: a}
		if err := t.convert(m); err != nil {
			return "", err
		}
		b.WriteString("\n[" + toml.Key{"accounts", a.name}.String() + "]\n" + t.text.String())
		comment(a.notes...)
		comment(t.notes...)
	}
	return b.String(), nil
}

// isAlias reports whether the account only gives another one the name default,
// as in `account default : work`.
func (a *msmtpAccount) isAlias() bool {
	return a.name == "default" && len(a.parents) == 1 && !a.hasLines
}

// An msmtpTable is the table of an account.
type msmtpTable struct {
	account *msmtpAccount
	text    strings.Builder
	notes   []string
}

// argument returns the argument of a command, or "".
func (t *msmtpTable) argument(command string) string { return t.account.lines[command].argument }

// has reports whether a command is in force.
func (t *msmtpTable) has(command string) bool {
	_, ok := t.account.lines[command]
	return ok
}

// isOn returns the state of a switch.
func (t *msmtpTable) isOn(command string, byDefault bool) bool {
	if !t.has(command) {
		return byDefault
	}
	return t.argument(command) == "on"
}

// put writes a key, unless the value is empty. An invalid value becomes a
// comment about the command.
func (t *msmtpTable) put(key, value, command string) {
	if value == "" {
		return
	}
	if err := findKey(key).check(value); err != nil {
		shown := err.Value
		if shown == "" {
			shown = Shown(key, value)
		}
		t.note(command, shown, err.Reason)
		return
	}
	t.text.WriteString(tomlLine(key, value) + "\n")
}

// tomlLine returns a key and its value as TOML, without a newline.
func tomlLine(key, value string) string {
	line, _ := toml.Marshal(map[string]string{key: value}) // cannot fail
	return strings.TrimSuffix(string(line), "\n")
}

// note adds a comment about a command.
func (t *msmtpTable) note(command, argument, reason string) {
	t.notes = append(t.notes, msmtpNote(t.account.lines[command].number, command, argument, reason))
}

// dropped adds a comment about each of the commands that the account has itself
// and that have no effect. It does not show the arguments, which may contain a
// password.
func (t *msmtpTable) dropped(reason string, commands ...string) {
	for _, command := range commands {
		if t.account.own[command] {
			t.note(command, "", "dropped: "+reason)
		}
	}
}

func (t *msmtpTable) convert(m *msmtprc) error {
	server, err := t.server(m)
	if err != nil {
		return err
	}
	t.put("server", server, "host")
	t.from()
	t.login()
	t.tls()
	t.helo()
	t.timeouts()
	return nil
}

// server returns the URL of the server, or "" if there is none.
func (t *msmtpTable) server(m *msmtprc) (string, error) {
	scheme := t.argument("protocol")
	switch scheme {
	case "":
		scheme = "smtp"
	case "smtp", "lmtp":
	default:
		return "", m.invalid(t.account.lines["protocol"], "must be smtp or lmtp, not "+quote(scheme))
	}
	if socket := t.argument("socket"); socket != "" {
		if strings.HasPrefix(socket, "~") {
			t.note("socket", socket, "write the whole path: ~ is not expanded here")
		}
		return scheme + "+unix:" + socket, nil
	}
	host, port := t.argument("host"), t.argument("port")
	if host == "" {
		t.note("account "+t.account.name, "", "missing host: mailpipe would use "+defaultServer)
		return "", nil
	}
	if port != "" {
		if _, err := parsePort(port); err != nil {
			return "", m.invalid(t.account.lines["port"], err.Reason)
		}
	}
	return t.url(scheme, host, port), nil
}

// url returns the URL of a server. The default port of a scheme is left out.
func (t *msmtpTable) url(scheme, host, port string) string {
	tls := t.isOn("tls", false)
	immediate := tls && !t.isOn("tls_starttls", true)
	switch {
	case immediate && scheme == "smtp":
		scheme = "smtps"
	case immediate:
		t.note("tls_starttls", "off", "LMTP with immediate TLS is not supported: STARTTLS is used")
	case scheme == "smtp" && port == "587" && (tls || t.logsIn()):
		scheme = "submission"
	}
	if ip, err := netip.ParseAddr(host); err == nil && ip.Is6() {
		host = "[" + host + "]"
	}
	if port != "" && port != fmt.Sprint(ports[scheme]) {
		host += ":" + port
	}
	return scheme + "://" + host
}

func (t *msmtpTable) from() {
	from, name := t.argument("from"), t.argument("from_full_name")
	switch {
	case strings.Contains(from, "%"):
		t.note("from", from, "patterns are not replaced: "+userHost)
		return
	case strings.ContainsAny(from, "*?["):
		t.note("from", from, "an account is chosen by one address, not by a pattern: use -A")
		return
	case from != "" && name != "":
		from = address.Quote(name) + " <" + from + ">"
	}
	t.put("from", from, "from")
}

func (t *msmtpTable) helo() {
	domain := t.argument("domain")
	if strings.Contains(domain, "%") {
		t.note("domain", domain, "patterns are not replaced: the default is the host name if it has a dot")
		return
	}
	t.put("helo", domain, "domain")
}

func (t *msmtpTable) timeouts() {
	command := "timeout"
	if !t.has(command) {
		command = "connect_timeout" // its name until msmtp 1.4
	}
	timeout := t.argument(command)
	if timeout == "off" {
		t.note(command, timeout, `every wait has a limit; timeout = "1h" is a long one`)
		return
	}
	t.put("timeout", timeout, command)
	t.put("connect_timeout", timeout, command)
}
