package docs

import (
	"encoding/json"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mailpipe/internal/testservers"
)

// services returns the section of the README with the container and the services: the
// commands that start the server, the compose file, and the units.
func services(t *testing.T) (server, compose string, units []string) {
	t.Helper()
	all := sections(t)
	i := slices.IndexFunc(all, func(s section) bool { return s.title == "Containers and services" })
	if i < 0 {
		t.Fatal("no section")
	}
	for _, m := range fence.FindAllStringSubmatch(all[i].body, -1) {
		switch m[1] {
		case "sh":
			server = m[2] + "sleep 1\n"
		case "yaml":
			compose = m[2]
		case "ini":
			units = append(units, m[2])
		}
	}
	if server == "" || compose == "" || len(units) != 2 {
		t.Fatalf("%q, %q, %q", server, compose, units)
	}
	return server, compose, units
}

// arrived checks that one mail arrived, with these lines.
func (w *terminal) arrived(lines ...string) {
	w.t.Helper()
	names, err := filepath.Glob(filepath.Join(w.dir, "Mail/new/*"))
	if err != nil || len(names) != 1 {
		w.t.Fatal(names, err)
	}
	mail := read(w.t, names[0])
	for _, line := range lines {
		if !strings.Contains(mail, line+"\n") {
			w.t.Errorf("no %s in\n%s", line, mail)
		}
	}
}

// mount copies a file to a directory of secrets, where others may read it.
func mount(dir, name, file string) string {
	return "mkdir -p " + dir + " && cp " + file + " " + dir + "/" + name + " && chmod 444 " + dir + "/" + name + "\n"
}

// The command of the container sends with its user, its environment and its secrets only.
// Compose mounts files as secrets with the owners and modes that they have.
func TestREADMECompose(t *testing.T) {
	server, compose, _ := services(t)
	testservers.NeedRoot(t)
	testservers.Need(t, "openssl", "setpriv")
	_, line, _ := strings.Cut(compose, "command: ")
	line, _, _ = strings.Cut(line, "\n")
	var words []string
	if err := json.Unmarshal([]byte(line), &words); err != nil {
		t.Fatal(line, err)
	}
	id := regexp.MustCompile(`(?m)^    user: "([1-9]\d*):(\d+)"`).FindStringSubmatch(compose)
	if id == nil {
		t.Fatal("the container runs as root, to whom the secrets of a user do not belong")
	}
	script := server + "mkdir secrets\n"
	for _, m := range regexp.MustCompile(`(?m)^  (\w+):\n    file: (\S+)$`).FindAllStringSubmatch(compose, -1) {
		script += "cp -p " + m[2] + " secrets/" + m[1] + " && chown " + id[1] + " secrets/" + m[1] + "\n"
		if !regexp.MustCompile(`secrets: \[.*\b` + m[1] + `\b`).MatchString(compose) {
			t.Errorf("the container does not get the secret %s", m[1])
		}
	}
	script += "env -i CREDENTIALS_DIRECTORY=\"$PWD/secrets\"" // in place of /run/secrets
	for _, m := range regexp.MustCompile(`(?m)^      (\w+): (\S+)`).FindAllStringSubmatch(compose, -1) {
		script += " " + m[1] + "=" + m[2]
	}
	// The capability is for the directories of the test, which only root may search.
	script += " setpriv --reuid=" + id[1] + " --regid=" + id[2] + " --clear-groups" +
		" --inh-caps=+dac_read_search --ambient-caps=+dac_read_search"
	w := newTerminal(t)
	w.paste(script + " " + program + " '" + strings.Join(words, "' '") + "'\n")
	w.arrived("From: alice@example.com", "To: bob@example.org", "Subject: Report", "All is well.")
}

// The commands of both services send a mail, the first one with its credentials.
func TestREADMEServices(t *testing.T) {
	server, _, units := services(t)
	testservers.Need(t, "openssl")
	w := newTerminal(t)
	w.paste(server + serviceScript(units[0]))
	w.arrived("From: alice@example.com", "Subject: Disks", "Auto-Submitted: auto-generated", "X-Exit-Status: 0")

	w = newTerminal(t)
	w.paste(serviceScript(units[1]))
	w.arrived("Subject: report.service failed", "Auto-Submitted: auto-generated", "[status --full report.service]")
}

// serviceScript returns what systemd does with a unit whose instance is report.service.
func serviceScript(unit string) string {
	script := "export CREDENTIALS_DIRECTORY=\"$PWD/credentials\"\n"
	specifiers := strings.NewReplacer("%d", "$CREDENTIALS_DIRECTORY", "%i", "report.service")
	for line := range strings.Lines(specifiers.Replace(unit)) {
		key, value, _ := strings.Cut(line, "=")
		switch key {
		case "LoadCredential":
			name, file, _ := strings.Cut(strings.TrimSpace(value), ":")
			script += mount("credentials", name, file)
		case "Environment":
			script += "export " + value
		case "ExecStart":
			script += value
		}
	}
	return script
}

// The units are valid, and the one starts the other.
func TestREADMEUnits(t *testing.T) {
	_, _, units := services(t)
	dir := t.TempDir()
	out := verifyUnits(t, dir, map[string]string{"report.service": units[0], "mailpipe-status@.service": units[1]})
	if strings.Contains(out, dir) {
		t.Error(out)
	}
	if !strings.Contains(units[0], "\nOnFailure=mailpipe-status@%n.service\n") {
		t.Error("the failure of the service starts nothing")
	}
}
