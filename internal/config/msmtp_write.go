package config

import (
	"fmt"
	"strconv"
	"strings"

	"mailpipe/internal/address"
	"mailpipe/internal/shell"
	"mailpipe/internal/termtext"
)

// write returns the TOML.
func (m *msmtprc) write() (string, error) {
	var b strings.Builder
	comment := func(notes ...string) {
		for _, n := range notes {
			b.WriteString("# " + termtext.Text(n) + "\n")
		}
	}
	comment("Accounts of " + m.file + ", an msmtp configuration.")
	comment(m.defaults.notes...)
	if a := m.find("default"); a != nil {
		name := a.name
		if a.alias() {
			name = a.copyOf[0]
		}
		b.WriteString("\ndefault = " + tomlQuote(name) + "\n")
	}
	for _, a := range m.accounts {
		if a.alias() {
			continue
		}
		b.WriteString("\n[accounts." + tomlKey(a.name) + "]\n")
		t := msmtpTable{account: a}
		if err := t.fill(m); err != nil {
			return "", err
		}
		b.WriteString(t.text.String())
		comment(a.notes...)
		comment(t.notes...)
	}
	return b.String(), nil
}

// alias reports whether the account is another name for one, as in `account default : work`.
func (a *msmtpAccount) alias() bool {
	return a.name == "default" && len(a.copyOf) == 1 && len(a.notes) == 0 && !a.changed
}

// msmtpTable is an account as it is written.
type msmtpTable struct {
	account *msmtpAccount
	text    strings.Builder
	notes   []string
}

func (t *msmtpTable) value(command string) string { return t.account.set[command].argument }

func (t *msmtpTable) on(command string, unsaid bool) bool {
	if l, ok := t.account.set[command]; ok {
		return l.argument == "on"
	}
	return unsaid
}

// put writes a key, or a comment when the value is none that a file may have.
func (t *msmtpTable) put(key, value, command string) {
	if value == "" {
		return
	}
	if _, reason := find(key).check(value); reason != "" {
		t.note(command, value, reason)
		return
	}
	fmt.Fprintf(&t.text, "%s = %s\n", key, tomlQuote(value))
}

func (t *msmtpTable) note(command, argument, reason string) {
	l := t.account.set[command]
	text := command
	if argument != "" {
		text += " " + argument
	}
	if l.number > 0 {
		text = "line " + strconv.Itoa(l.number) + ": " + text
	}
	t.notes = append(t.notes, text+": "+reason)
}

// leaveOut makes comments of lines of the account that have no effect beside the
// others. Their arguments are not shown: a password may be in them.
func (t *msmtpTable) leaveOut(reason string, commands ...string) {
	for _, command := range commands {
		if t.account.own[command] {
			t.note(command, "", "left out: "+reason)
		}
	}
}

func (t *msmtpTable) fill(m *msmtprc) error {
	server, err := t.server(m)
	if err != nil {
		return err
	}
	t.put("server", server, "host")
	t.from()
	t.login()
	t.tls(t.logsIn())
	t.rest()
	return nil
}

// server puts the URL together.
func (t *msmtpTable) server(m *msmtprc) (string, error) {
	scheme := "smtp"
	switch protocol := t.value("protocol"); protocol {
	case "", "smtp":
	case "lmtp":
		scheme = "lmtp"
	default:
		return "", m.wrong(t.account.set["protocol"], "it is smtp or lmtp, not "+quote(protocol))
	}
	if socket := t.value("socket"); socket != "" {
		if strings.HasPrefix(socket, "~") {
			t.note("socket", socket, "the path of a socket is written out")
		}
		return scheme + "+unix:" + socket, nil
	}
	host, port := t.value("host"), t.value("port")
	if host == "" {
		t.note("account "+t.account.name, "", "no host is named: mailpipe would call "+defaultServer)
		return "", nil
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port != "" {
		if _, reason := parsePort(port); reason != "" {
			return "", m.wrong(t.account.set["port"], reason)
		}
	}
	switch {
	case t.on("tls", false) && !t.on("tls_starttls", true):
		if scheme == "lmtp" {
			t.note("tls_starttls", "off", "LMTP over TLS from the first octet has no counterpart: STARTTLS is used")
			break
		}
		if scheme = "smtps"; port == "465" {
			port = ""
		}
	case scheme == "smtp" && port == "587" && (t.on("tls", false) || t.logsIn()):
		scheme, port = "submission", ""
	case scheme == "smtp" && port == "25", scheme == "lmtp" && port == "24":
		port = ""
	}
	if port != "" {
		host += ":" + port
	}
	return scheme + "://" + host, nil
}

func (t *msmtpTable) from() {
	from := t.value("from")
	switch {
	case strings.Contains(from, "%"):
		t.note("from", from, "patterns are not replaced: user@host is the default where the host's name has a dot")
		return
	case strings.ContainsAny(from, "*?["):
		t.note("from", from, "an account is found by one address, not by a pattern: choose it with -A")
		return
	}
	if name := t.value("from_full_name"); name != "" && from != "" {
		from = address.Quote(name) + " <" + from + ">"
	}
	t.put("from", from, "from")
}

// auth is the mechanism in lower case, or on, off; empty: not said.
func (t *msmtpTable) auth() string {
	l, said := t.account.set["auth"]
	if said && l.argument == "" {
		return "on"
	}
	return strings.ToLower(l.argument)
}

// logsIn reports whether anybody does.
func (t *msmtpTable) logsIn() bool {
	auth := t.auth()
	return auth != "" && auth != "off" && (auth == "external" || t.value("user") != "")
}

// login writes who logs in.
func (t *msmtpTable) login() {
	auth, user := t.auth(), t.value("user")
	switch {
	case auth == "" || auth == "off":
		if user != "" {
			t.note("user", user, "auth is off: msmtp does not log in. With the line user = "+tomlQuote(user)+" mailpipe would")
		}
		t.leaveOut("auth is off", "password", "passwordeval")
		return
	case user == "" && auth == "external":
		t.put("auth", "EXTERNAL", "auth")
		return
	case user == "":
		t.note("auth", auth, "no user is named")
		t.leaveOut("no user is named", "password", "passwordeval")
		return
	}
	t.put("user", user, "user")
	switch auth {
	case "on":
	case "digest-md5", "ntlm", "gssapi":
		t.note("auth", auth, "mailpipe does not have it: the best that the server offers is taken")
	default:
		t.put("auth", strings.ToUpper(auth), "auth")
	}
	t.password(user)
}

func (t *msmtpTable) password(user string) {
	command := t.value("passwordeval")
	if _, ok := t.account.set["password"]; ok {
		t.note("password", "", "it is not copied. Put it into a file that only you can read, mode 600, and name that:")
		t.notes = append(t.notes, `password_file = "~/.config/mailpipe/`+fileName(t.account.name)+`.password"`,
			"or name the command of a password manager that prints it:", `password_command = "pass show mail"`)
		if command != "" {
			t.note("passwordeval", "", "left out: msmtp takes the password before it")
		}
		return
	}
	if command != "" {
		t.put("password_command", command, "passwordeval")
		return
	}
	if strings.EqualFold(t.value("auth"), "external") {
		return
	}
	t.note("user", user, "msmtp asks the key ring, ~/.netrc or the terminal for the password. mailpipe reads ~/.netrc, or for the key ring:")
	t.notes = append(t.notes, "password_command = "+tomlQuote("secret-tool lookup host "+shell.Quote(t.value("host"))+" service smtp user "+shell.Quote(user)))
}

// tls writes what TLS must give.
func (t *msmtpTable) tls(login bool) {
	_, said := t.account.set["tls"]
	switch {
	case !t.on("tls", false) && login:
		if said {
			t.note("tls", "off", "left out: a password goes only over verified TLS or a Unix socket")
		}
	case !t.on("tls", false):
		if said {
			t.put("tls", string(NoTLS), "tls")
		}
		t.leaveOut("tls is off", "tls_trust_file", "tls_fingerprint", "tls_host_override", "tls_cert_file", "tls_key_file")
		return
	case t.on("tls_certcheck", true):
		t.put("tls", string(Required), "tls")
	case t.pinned():
		t.put("tls", string(Required), "tls")
		t.note("tls_certcheck", "off", "left out: the certificate is pinned by tls_fingerprint, which msmtp does not look at then")
	case login:
		t.put("tls", string(Required), "tls")
		t.note("tls_certcheck", "off", "left out: a password goes only over verified TLS. "+
			"`mailpipe deliver --probe` prints the fingerprint to pin with tls_fingerprint")
	default:
		t.put("tls", string(Opportunistic), "tls")
		t.note("tls_certcheck", "off", "where the server offers no TLS the mail goes in clear, which msmtp would not do. "+
			"`mailpipe deliver --probe` prints the fingerprint to pin with tls_fingerprint")
	}
	switch ca := t.value("tls_trust_file"); ca {
	case "", "system":
	default:
		t.put("tls_ca", ca, "tls_trust_file")
	}
	t.put("tls_fingerprint", t.value("tls_fingerprint"), "tls_fingerprint")
	t.put("tls_name", t.value("tls_host_override"), "tls_host_override")
	cert, key := t.value("tls_cert_file"), t.value("tls_key_file")
	if strings.HasPrefix(cert, "pkcs11:") || strings.HasPrefix(key, "pkcs11:") {
		t.note("tls_cert_file", "", "a certificate is read from a file, not from a device")
		return
	}
	t.put("tls_cert", cert, "tls_cert_file")
	if cert == "" {
		t.leaveOut("there is no tls_cert_file", "tls_key_file")
		return
	}
	t.put("tls_key", key, "tls_key_file")
}

// pinned reports whether there is a fingerprint that we can use.
func (t *msmtpTable) pinned() bool {
	_, ok := fingerprint(t.value("tls_fingerprint"))
	return ok
}

func (t *msmtpTable) rest() {
	if domain := t.value("domain"); strings.Contains(domain, "%") {
		t.note("domain", domain, "patterns are not replaced: the host's name is the default where it has a dot")
	} else {
		t.put("helo", domain, "domain")
	}
	command := "timeout"
	if _, ok := t.account.set[command]; !ok {
		command = "connect_timeout" // its name until msmtp 1.4
	}
	if timeout := t.value(command); timeout == "off" {
		t.note(command, timeout, "every wait has an end; timeout = \"1h\" is a long one")
	} else {
		t.put("timeout", timeout, command)
		t.put("connect_timeout", timeout, command)
	}
}
