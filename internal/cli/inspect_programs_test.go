package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mailpipe/internal/inspect"
)

// What is wrong with the mails that programs give to sendmail. The golden file was read by
// eye: most lack the fields that sendmail adds.
func TestInspectPrograms(t *testing.T) {
	const golden = "../../testdata/inspect-programs.golden"
	want, err := os.ReadFile(golden)
	if err != nil && !*update {
		t.Fatal(err)
	}
	var all bytes.Buffer
	for _, p := range programs {
		if p.needs == symfonyFile { // which speaks SMTP to sendmail
			continue
		}
		t.Run(p.name, func(t *testing.T) {
			need(t, p.needs)
			line := fmt.Sprintf("%s\t%s\n", p.name, strings.Join(findings(t, givenMail(t, p)), " "))
			all.WriteString(line)
			if !*update && !bytes.Contains(want, []byte(line)) {
				t.Errorf("%s lacks %q", golden, line)
			}
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
