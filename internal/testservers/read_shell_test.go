//go:build linux

package testservers

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/emersion/go-message"
)

// runEach runs a script of sh for each mail, whose name is in $MAIL, and returns a
// workspace for each. The script runs in its directory out.
func runEach(t *testing.T, w workspace, name, script string, mails []string) []workspace {
	t.Helper()
	var all []workspace
	var scripts strings.Builder // run by one shell
	for i, mail := range mails {
		sub := w.in(fmt.Sprintf("%s/%03d", name, i))
		sub.in("out")
		all = append(all, sub)
		fmt.Fprintf(&scripts, "cd '%s'; MAIL='%s'\n%s\n", sub.path("out"), mail, script)
	}
	run(t, w.command("/bin/sh", w.write(name+".sh", scripts.String()))).want(t, 0)
	return all
}

// files returns the files of a directory by name.
func (w workspace) files(dir string) map[string]string {
	w.t.Helper()
	entries, err := os.ReadDir(w.path(dir))
	if err != nil {
		w.t.Fatal(err)
	}
	all := map[string]string{}
	for _, e := range entries {
		all[e.Name()] = w.read(filepath.Join(dir, e.Name()))
	}
	return all
}

func readMunpack(t *testing.T, w workspace, mails []string) []reading {
	return readContents(runEach(t, w, "munpack", `munpack -q -t "$MAIL" >../output 2>&1`, mails))
}

func readRipmime(t *testing.T, w workspace, mails []string) []reading {
	return readContents(runEach(t, w, "ripmime", `ripmime -i "$MAIL" -d . >../output 2>&1 || true`, mails))
}

// readContents reads what a reader that loses the names has written.
func readContents(all []workspace) []reading {
	var readings []reading
	for _, w := range all {
		sums := []string{}
		for _, data := range w.files("out") {
			sums = append(sums, sum(data))
		}
		readings = append(readings, reading{Contents: sums})
	}
	return readings
}

// readMblaze lists the parts with mshow, which also extracts them by number.
func readMblaze(t *testing.T, w workspace, mails []string) []reading {
	var readings []reading
	for _, w := range runEach(t, w, "mblaze", `
		mhdr -d -h subject "$MAIL" >../subject
		for f in from to cc; do maddr -h $f "$MAIL" >../$f; done
		mshow -t "$MAIL" >../parts
		n=$(wc -l <../parts)
		i=1
		while [ $i -lt "$n" ]; do mshow -O "$MAIL" $i >$i 2>/dev/null; i=$((i+1)); done`, mails) {
		addresses := func(name string) *[]mailbox {
			list := []mailbox{}
			for line := range strings.Lines(w.read(name)) {
				list = append(list, *parseMailboxes(strings.TrimSpace(line))...)
			}
			return &list
		}
		subject := strings.TrimSuffix(w.read("subject"), "\n")
		text, files := "", []file{}
		for line := range strings.Lines(w.read("parts")) {
			number, rest, ok := strings.Cut(strings.TrimSpace(line), ": ")
			if _, err := strconv.Atoi(number); !ok || err != nil {
				continue
			}
			if _, name, ok := strings.Cut(rest, `name="`); ok {
				files = append(files, file{Name: strings.TrimSuffix(name, `"`), Sum: sum(w.read("out/" + number))})
			} else if strings.HasPrefix(rest, "text/plain") && text == "" {
				text = w.read("out/" + number)
			}
		}
		readings = append(readings, reading{
			Subject: &subject, From: addresses("from"), To: addresses("to"), Cc: addresses("cc"), Text: &text, Files: &files,
		})
	}
	return readings
}

// readReformime lists the sections and extracts them by number.
func readReformime(t *testing.T, w workspace, mails []string) []reading {
	var readings []reading
	for _, w := range runEach(t, w, "reformime", `
		reformime -i <"$MAIL" >../sections
		for s in $(sed -n 's/^section: //p' ../sections); do reformime -e -s "$s" <"$MAIL" >"$s"; done
		: >../defects
		reformime -r8 <"$MAIL" >/dev/null || echo cannot rewrite the mail >../defects`, mails) {
		text, files := "", []file{}
		for section := range strings.SplitSeq(strings.TrimSpace(w.read("sections")), "\n\n") {
			fields := parseFields(section)
			content := w.read("out/" + fields["section"])
			name := fields["content-disposition-filename"]
			switch {
			case name != "" && fields["content-type"] == "message/rfc822":
				files = append(files, file{Name: name, Inner: subjectOf(content)})
			case name != "":
				files = append(files, file{Name: name, Sum: sum(content)})
			case fields["content-type"] == "text/plain" && text == "":
				text = content
			}
		}
		r := reading{Text: &text, Files: &files}
		if defects := w.read("defects"); defects != "" {
			r.Defects = []string{defects}
		}
		readings = append(readings, r)
	}
	return readings
}

// parseFields returns the values of lines of the form "name: value".
func parseFields(text string) map[string]string {
	fields := map[string]string{}
	for line := range strings.SplitSeq(text, "\n") {
		name, value, _ := strings.Cut(line, ": ")
		fields[name] = value
	}
	return fields
}

// subjectOf returns the Subject of a mail.
func subjectOf(mail string) string {
	m, err := message.Read(strings.NewReader(mail))
	if err != nil {
		return err.Error()
	}
	return m.Header.Get("Subject")
}
