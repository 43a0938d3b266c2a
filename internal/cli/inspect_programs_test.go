package cli

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mailpipe/internal/inspect"
)

// composers are programs that print a mail, by their names.
var composers = []struct{ needs, script string }{
	{"mpack", `printf 'text é\n' >text; mpack -s 'Résumé' -d text -o mail "$CHART" && cat mail`},
	{"mmime", `printf 'From: a@x.org\nTo: b@x.org\nSubject: é\n\né\n\n#image/png %s\n' "$CHART" | mmime`},
	{"python3", `python3 -c 'import email.message
m = email.message.EmailMessage()
m["From"], m["To"], m["Subject"] = "a@x.org", "b@x.org", "Résumé"
m.set_content("text é\n")
m.add_attachment(b"x", maintype="image", subtype="png", filename="é.png")
print(m.as_string(), end="")'`},
	{"php", `php -d sendmail_path=cat -r 'mail("b@x.org", "Résumé", "text é\n", "From: a@x.org");'`},
}

// What is wrong with the mails of other programs. The golden file was read by eye: most of
// those that call sendmail lack the fields that it adds.
func TestInspectPrograms(t *testing.T) {
	const golden = "../../testdata/inspect-programs.golden"
	want, err := os.ReadFile(golden)
	if err != nil && !*update {
		t.Fatal(err)
	}
	var all bytes.Buffer
	check := func(t *testing.T, name string, mail []byte) {
		line := fmt.Sprintf("%s\t%s\n", name, strings.Join(findings(t, mail), " "))
		all.WriteString(line)
		if !*update && !bytes.Contains(want, []byte(line)) {
			t.Errorf("%s lacks %q", golden, line)
		}
	}
	for _, p := range programs {
		if p.needs == symfonyFile { // which speaks SMTP to sendmail
			continue
		}
		t.Run(p.name, func(t *testing.T) {
			need(t, p.needs)
			check(t, p.name, givenMail(t, p))
		})
	}
	for _, c := range composers {
		t.Run(c.needs, func(t *testing.T) {
			need(t, c.needs)
			cmd := exec.Command("sh", "-ec", c.script)
			chart, err := filepath.Abs("../../testdata/chart.png")
			if err != nil {
				t.Fatal(err)
			}
			cmd.Dir, cmd.Env = t.TempDir(), append(os.Environ(), "LC_ALL=C.UTF-8", "CHART="+chart)
			mail, err := cmd.Output()
			if err != nil {
				t.Fatal(err)
			}
			check(t, c.needs, mail)
		})
	}
	if *update {
		if err := os.WriteFile(golden, all.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// givenMail returns the mail that a program gives to sendmail.
func givenMail(t *testing.T, p userProgram) []byte {
	t.Helper()
	h := newHost(t, "server = \"sink:box\"")
	mail := filepath.Join(h.dir, "given")
	h.sendmail = filepath.Join(h.dir, "fake")
	script := "#!/bin/sh\ncat >" + mail + "\n"
	if err := os.WriteFile(h.sendmail, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	h.run(t, p.script) // its end may want what mailpipe prints
	given, err := os.ReadFile(mail)
	if err != nil {
		t.Fatal(err)
	}
	return given
}

// findings returns the rules that find something in a mail.
func findings(t *testing.T, mail []byte) (rules []string) {
	t.Helper()
	found, err := inspect.Read(bytes.NewReader(mail), inspect.Visitor{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found.List {
		rules = append(rules, f.ID)
	}
	slices.Sort(rules)
	return slices.Compact(rules)
}
