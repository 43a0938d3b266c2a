//go:build linux

package testservers

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/emersion/go-message"
	"github.com/emersion/go-message/mail"
	"github.com/jhillyerd/enmime/v2"
)

var readers = []reader{
	{"Python email", []string{"/usr/bin/python3"}, jsonReader("/usr/bin/python3", "read.py"), "nothing"},
	{"Perl MIME::Parser", []string{"perl"}, jsonReader("perl", "read.pl"), "nothing"},
	{"go-message", nil, readGoMessage, "nothing"},
	{"enmime", nil, readEnmime, "nothing"},
	{"notmuch", []string{"notmuch"}, readNotmuch, "nothing"},
	{"mblaze", []string{"mshow", "mhdr", "maddr"}, readMblaze, "HTML"},
	{"reformime", []string{"reformime"}, readReformime, "subjects, addresses"},
	{"mutt", []string{"mutt", "script"}, readMutt, "nothing"},
	{"munpack", []string{"munpack"}, readMunpack, "all but the contents: it does not know RFC 2231 and renames what is not ASCII"},
	{"ripmime", []string{"ripmime"}, readRipmime, "subjects, addresses, texts and HTML"},
}

// jsonReader runs a script once for all mails.
func jsonReader(program, script string) func(*testing.T, desk, []string) []reading {
	return func(t *testing.T, d desk, mails []string) []reading {
		here, err := filepath.Abs("testdata")
		if err != nil {
			t.Fatal(err)
		}
		r := run(t, d.command(find(program), append([]string{filepath.Join(here, script)}, mails...)...))
		r.want(t, 0)
		if r.err != "" {
			t.Errorf("it said:\n%s", r.err)
		}
		var all []reading
		for lines := json.NewDecoder(strings.NewReader(r.out)); ; {
			var one reading
			if err := lines.Decode(&one); errors.Is(err, io.EOF) {
				return all
			} else if err != nil {
				t.Fatal(err)
			}
			all = append(all, one)
		}
	}
}

func each(t *testing.T, mails []string, read func(data []byte) reading) []reading {
	t.Helper()
	var all []reading
	for _, path := range mails {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, read(data))
	}
	return all
}

func readGoMessage(t *testing.T, _ desk, mails []string) []reading {
	return each(t, mails, func(data []byte) (r reading) {
		fault := func(err error) {
			if err != nil {
				r.Defects = append(r.Defects, err.Error())
			}
		}
		top, err := message.Read(bytes.NewReader(data))
		fault(err)
		h := mail.Header{Header: top.Header}
		subject, err := h.Subject()
		fault(err)
		addresses := func(field string) *[]mailbox {
			list, err := h.AddressList(field)
			if field != "To" || !strings.Contains(h.Get("To"), ":;") { // it knows no empty group
				fault(err)
			}
			all := []mailbox{}
			for _, a := range list {
				all = append(all, mailbox{a.Name, a.Address})
			}
			return &all
		}
		text, html, files := "", "", []file{}
		fault(top.Walk(func(_ []int, part *message.Entity, err error) error {
			fault(err)
			kind, _, err := part.Header.ContentType()
			fault(err)
			if strings.HasPrefix(kind, "multipart/") {
				return nil
			}
			body, err := io.ReadAll(part.Body)
			fault(err)
			ah := mail.AttachmentHeader{Header: part.Header}
			name, err := ah.Filename()
			fault(err)
			switch {
			case name == "" && kind == "text/plain":
				text = string(body)
			case name == "" && kind == "text/html":
				html = string(body)
			default:
				// Texts are converted to UTF-8 by this reader: go back to what was attached.
				_, params, _ := part.Header.ContentType()
				files = append(files, file{Name: name, Sum: sum(encodeText(kind, params["charset"], body))})
			}
			return nil
		}))
		return reading{&subject, addresses("From"), addresses("To"), addresses("Cc"), &text, &html, &files, nil, r.Defects}
	})
}

// encodeText undoes a reader's conversion of an attached text to UTF-8.
func encodeText(kind, charset string, body []byte) string {
	if strings.HasPrefix(kind, "text/") && (charset == "iso-8859-1" || charset == "windows-1252") {
		var b []byte
		for _, r := range string(body) {
			b = append(b, byte(r))
		}
		return string(b)
	}
	return string(body)
}

func readEnmime(t *testing.T, _ desk, mails []string) []reading {
	return each(t, mails, func(data []byte) (r reading) {
		e, err := enmime.ReadEnvelope(bytes.NewReader(data))
		if err != nil {
			return reading{Defects: []string{err.Error()}}
		}
		for _, fault := range e.Errors {
			r.Defects = append(r.Defects, fault.Error())
		}
		addresses := func(field string) *[]mailbox {
			all := []mailbox{}
			list, _ := e.AddressList(field)
			for _, a := range list {
				all = append(all, mailbox{a.Name, a.Address})
			}
			return &all
		}
		subject, text, html, files := e.GetHeader("Subject"), e.Text, e.HTML, []file{}
		e.Root.DepthMatchAll(func(p *enmime.Part) bool {
			if p.FileName != "" {
				files = append(files, file{Name: p.FileName, Sum: sum(encodeText(p.ContentType, strings.ToLower(p.Charset), p.Content))})
			}
			return false
		})
		return reading{&subject, addresses("From"), addresses("To"), addresses("Cc"), &text, &html, &files, nil, r.Defects}
	})
}

// readNotmuch indexes all mails at once and asks for them by Message-ID.
func readNotmuch(t *testing.T, d desk, mails []string) []reading {
	var ids []string
	for i, path := range mails {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		d.write(fmt.Sprintf("maildir/new/%d", i), string(data))
		m, err := message.Read(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, strings.Trim(m.Header.Get("Message-Id"), "<>"))
	}
	d.write("notmuch", "[database]\npath="+d.path("maildir")+"\n[user]\nname=x\nprimary_email=x@example.org\n[new]\ntags=\n")
	d.sh("mkdir -p maildir/cur maildir/tmp; notmuch --config=notmuch new").want(t, 0)
	type part struct {
		ID          int
		Type        string `json:"content-type"`
		Disposition string `json:"content-disposition"`
		Filename    string
		Content     json.RawMessage
	}
	var all []reading
	var wanted []string // part numbers, asked for in one shell
	for i, id := range ids {
		r := run(t, d.command("notmuch", "--config=notmuch", "show", "--format=json", "--include-html", "--entire-thread=false", "id:"+id))
		r.want(t, 0)
		var message struct {
			Headers struct{ Subject, From, To, Cc string }
			Body    []part
		}
		inner := strings.TrimSpace(r.out)
		inner = strings.TrimLeft(inner, "[")
		if err := json.NewDecoder(strings.NewReader(inner)).Decode(&message); err != nil {
			t.Fatalf("%v: %.300s", err, r.out)
		}
		text, html, files := "", "", []file{}
		var walk func(parts []part)
		walk = func(parts []part) {
			for _, p := range parts {
				var nested []part
				var content string
				switch {
				case strings.HasPrefix(p.Type, "multipart/"):
					if err := json.Unmarshal(p.Content, &nested); err != nil {
						t.Fatal(err)
					}
					walk(nested)
				case p.Filename == "" && strings.HasPrefix(p.Type, "text/"):
					if err := json.Unmarshal(p.Content, &content); err != nil {
						t.Fatal(err)
					}
					if p.Type == "text/html" {
						html = content
					} else {
						text = content
					}
				case p.Type == "message/rfc822":
					var mails []struct{ Headers struct{ Subject string } }
					if err := json.Unmarshal(p.Content, &mails); err != nil {
						t.Fatal(err)
					}
					files = append(files, file{Name: p.Filename, Inner: mails[0].Headers.Subject})
				default:
					wanted = append(wanted, fmt.Sprintf("notmuch --config=notmuch show --format=raw --part=%d id:'%s' | sha256sum", p.ID, id))
					files = append(files, file{Name: p.Filename, Sum: strconv.Itoa(len(wanted) - 1)})
				}
			}
		}
		walk(message.Body)
		_ = i
		all = append(all, reading{Subject: &message.Headers.Subject, From: parsed(message.Headers.From), To: parsed(message.Headers.To),
			Cc: parsed(message.Headers.Cc), Text: &text, HTML: &html, Files: &files})
	}
	sums := sumsOf(t, d, wanted)
	for _, r := range all {
		for i, f := range *r.Files {
			if f.Inner == "" {
				n, _ := strconv.Atoi(f.Sum)
				(*r.Files)[i].Sum = sums[n]
			}
		}
	}
	return all
}

// sumsOf runs lines of sh that end with sha256sum, all in one shell.
func sumsOf(t *testing.T, d desk, lines []string) []string {
	t.Helper()
	r := run(t, d.command("/bin/sh", d.write("sums.sh", strings.Join(lines, "\n"))))
	r.want(t, 0)
	var sums []string
	for _, line := range strings.Split(strings.TrimSpace(r.out), "\n") {
		sum, _, _ := strings.Cut(line, " ")
		sums = append(sums, sum)
	}
	return sums
}

// parsed reads a list of addresses whose names were decoded by a reader.
func parsed(field string) *[]mailbox {
	all := []mailbox{}
	for _, one := range splitList(field) {
		name, address, ok := cutLast(one, "<")
		if !ok {
			name, address = "", one
		}
		name = strings.TrimSpace(name)
		if len(name) > 1 && name[0] == '"' {
			name = strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(name[1 : len(name)-1])
		}
		all = append(all, mailbox{name, strings.TrimRight(address, ">")})
	}
	return &all
}

// splitList cuts a list at the commas that stand outside of quotes.
func splitList(field string) []string {
	var all []string
	quoted, escaped, start := false, false, 0
	for i, r := range field + "," {
		switch {
		case escaped:
			escaped = false
		case r == '\\' && quoted:
			escaped = true
		case r == '"':
			quoted = !quoted
		case r == ',' && !quoted:
			if one := strings.TrimSpace((field + ",")[start:i]); one != "" && !strings.HasSuffix(strings.ReplaceAll(one, " ", ""), ":;") {
				all = append(all, one)
			}
			start = i + 1
		}
	}
	return all
}

// shelf runs a script of sh for every mail in a folder of its own, all in one
// shell, and returns the folders.
func shelf(t *testing.T, d desk, name, script string, mails []string) []string {
	t.Helper()
	var dirs []string
	var all strings.Builder
	for i, mail := range mails {
		dir := d.path(fmt.Sprintf("%s/%03d", name, i))
		if err := os.MkdirAll(filepath.Join(dir, "out"), 0o755); err != nil {
			t.Fatal(err)
		}
		dirs = append(dirs, dir)
		fmt.Fprintf(&all, "cd '%s/out'; MAIL='%s'\n%s\n", dir, mail, script)
	}
	run(t, d.command("/bin/sh", d.write(name+".sh", all.String()))).want(t, 0)
	return dirs
}

// unpacked returns the files that a reader made, by name.
func unpackedFiles(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = string(data)
	}
	return files
}

// contents are the sums of all that a reader unpacked.
func contents(t *testing.T, dir string) []string {
	sums := []string{}
	for _, data := range unpackedFiles(t, dir) {
		sums = append(sums, sum(data))
	}
	return sums
}

func readMunpack(t *testing.T, d desk, mails []string) []reading {
	var all []reading
	for _, dir := range shelf(t, d, "munpack", "munpack -q -t \"$MAIL\" >../said 2>&1", mails) {
		all = append(all, reading{Contents: contents(t, filepath.Join(dir, "out"))})
	}
	return all
}

func readRipmime(t *testing.T, d desk, mails []string) []reading {
	var all []reading
	for _, dir := range shelf(t, d, "ripmime", "ripmime -i \"$MAIL\" -d . >../said 2>&1 || true", mails) {
		all = append(all, reading{Contents: contents(t, filepath.Join(dir, "out"))})
	}
	return all
}

// readMblaze lists the parts with mshow and extracts each by its number.
func readMblaze(t *testing.T, d desk, mails []string) []reading {
	dirs := shelf(t, d, "mblaze", `mhdr -d -h subject "$MAIL" >../subject
for f in from to cc; do maddr -h $f "$MAIL" >../$f; done
mshow -t "$MAIL" >../parts
n=$(wc -l <../parts)
i=1
while [ $i -lt "$n" ]; do mshow -O "$MAIL" $i >$i 2>/dev/null; i=$((i+1)); done`, mails)
	var all []reading
	for _, dir := range dirs {
		get := func(name string) string {
			data, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			return string(data)
		}
		r := reading{}
		subject := strings.TrimSuffix(get("subject"), "\n")
		r.Subject = &subject
		for name, field := range map[string]**[]mailbox{"from": &r.From, "to": &r.To, "cc": &r.Cc} {
			list := []mailbox{}
			for _, line := range strings.Split(strings.TrimSpace(get(name)), "\n") {
				list = append(list, *parsed(line)...)
			}
			*field = &list
		}
		files := []file{}
		text := ""
		for lines := bufio.NewScanner(strings.NewReader(get("parts"))); lines.Scan(); {
			number, rest, ok := strings.Cut(strings.TrimSpace(lines.Text()), ": ")
			if _, err := strconv.Atoi(number); !ok || err != nil {
				continue
			}
			if _, name, ok := strings.Cut(rest, `name="`); ok {
				files = append(files, file{Name: strings.TrimSuffix(name, `"`), Sum: sum(get("out/" + number))})
			} else if strings.HasPrefix(rest, "text/plain") && text == "" {
				text = get("out/" + number)
			}
		}
		r.Files, r.Text = &files, &text
		all = append(all, r)
	}
	return all
}

// readReformime lists the sections and extracts each by its number.
func readReformime(t *testing.T, d desk, mails []string) []reading {
	dirs := shelf(t, d, "reformime", `reformime -i <"$MAIL" >../sections
for s in $(sed -n 's/^section: //p' ../sections); do reformime -e -s "$s" <"$MAIL" >"$s"; done
reformime -r8 <"$MAIL" >/dev/null || echo rewrite fails >../defects`, mails)
	var all []reading
	for _, dir := range dirs {
		data, err := os.ReadFile(filepath.Join(dir, "sections"))
		if err != nil {
			t.Fatal(err)
		}
		files, text := []file{}, ""
		for _, section := range strings.Split(strings.TrimSpace(string(data)), "\n\n") {
			fields := map[string]string{}
			for _, line := range strings.Split(section, "\n") {
				name, value, _ := strings.Cut(line, ": ")
				fields[name] = value
			}
			content := unpackedFiles(t, filepath.Join(dir, "out"))[fields["section"]]
			switch name := fields["content-disposition-filename"]; {
			case name != "" && fields["content-type"] == "message/rfc822":
				files = append(files, file{Name: name, Inner: subjectOf(content)})
			case name != "":
				files = append(files, file{Name: name, Sum: sum(content)})
			case fields["content-type"] == "text/plain" && text == "":
				text = content
			}
		}
		r := reading{Text: &text, Files: &files}
		if _, err := os.Stat(filepath.Join(dir, "defects")); err == nil {
			r.Defects = []string{"it cannot rewrite the mail"}
		}
		all = append(all, r)
	}
	return all
}

func subjectOf(mail string) string {
	m, err := message.Read(strings.NewReader(mail))
	if err != nil {
		return err.Error()
	}
	return m.Header.Get("Subject")
}

// muttrc lets keys alone drive mutt. Without its folder it would ask for one.
const muttrc = `set folder=. idn_decode=no mbox_type=mbox header_cache="" wait_key=no sleep_time=0 mail_check=0 pipe_decode=yes quit=yes
set charset=utf-8 beep=no digest_collapse=no resolve=no wrap_headers=998
ignore *
unignore subject from to cc
`

// readMutt drives a mutt through each mail by keys. It pipes the head and the
// text away and saves every file under the name that mutt gives it. Each mail
// is alone in its folder, for within one mutt lists by inode.
func readMutt(t *testing.T, d desk, mails []string) []reading {
	d = d.in("mutt")
	d.write("rc", muttrc)
	var all []reading
	for i, path := range mails {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		parts, sub := entries(t, data), d.in(fmt.Sprintf("%03d", i))
		sub.write("box/new/mail", string(data))
		sub.sh("mkdir box/cur box/tmp").want(t, 0)
		keys := "<pipe-message>cat >head<enter><view-attachments><first-entry>"
		for n, e := range parts {
			if n > 0 {
				keys += "<next-entry>"
			}
			switch {
			case e.kind == "message/rfc822":
				keys += fmt.Sprintf("<pipe-entry>cat >mail%d<enter>", n)
			case e.name != "":
				sub.in(strconv.Itoa(n))
				keys += fmt.Sprintf("<save-entry><bol>%d/<enter>", n)
				if e.foreign {
					keys += "n" // to the question whether to convert it to UTF-8
				}
			case e.kind == "text/plain" && !e.inner:
				keys += "<pipe-entry>cat >text<enter>"
			case e.kind == "text/html":
				keys += "<pipe-entry>cat >html<enter>"
			}
		}
		sub.write("keys", "push \""+keys+"<exit><exit>\"\n")
		cmd := sub.command("timeout", "60", "script", "-qec", "mutt -n -F ../rc -R -f box -e 'source keys'", "/dev/null")
		cmd.Env = append(cmd.Env, "TERM=xterm")
		run(t, cmd).want(t, 0)

		head := strings.ReplaceAll(string(sub.read("head")), "\n ", " ")
		head, _, _ = strings.Cut(head, "\n\n")
		fields := map[string]string{}
		for _, line := range strings.Split(head, "\n") {
			name, value, _ := strings.Cut(line, ": ")
			fields[name] = value
		}
		subject, files := fields["Subject"], []file{}
		r := reading{Subject: &subject, From: parsed(fields["From"]), To: parsed(fields["To"]), Cc: parsed(fields["Cc"]), Files: &files}
		for n, e := range parts {
			switch {
			case e.kind == "message/rfc822":
				files = append(files, file{Inner: subjectOf(string(sub.read(fmt.Sprintf("mail%d", n))))})
			case e.name != "":
				for name, content := range unpackedFiles(t, sub.path(strconv.Itoa(n))) {
					files = append(files, file{Name: name, Sum: sum(content)})
				}
			case e.kind == "text/plain" && !e.inner:
				text := string(sub.read("text"))
				r.Text = &text
			case e.kind == "text/html":
				html := string(sub.read("html"))
				r.HTML = &html
			}
		}
		all = append(all, r)
	}
	return all
}

// entry is a line of mutt's list of parts.
type entry struct {
	kind, name string
	foreign    bool // its charset is not UTF-8
	inner      bool // of an attached mail
}

// entries are the parts of a mail as mutt lists them: all but the outermost
// multipart, and behind an attached mail its text.
func entries(t *testing.T, data []byte) []entry {
	t.Helper()
	m, err := message.Read(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	var all []entry
	err = m.Walk(func(path []int, part *message.Entity, err error) error {
		kind, params, _ := part.Header.ContentType()
		if len(path) == 0 && strings.HasPrefix(kind, "multipart/") {
			return err
		}
		name, _ := (&mail.AttachmentHeader{Header: part.Header}).Filename()
		charset := strings.ToLower(params["charset"])
		all = append(all, entry{kind: kind, name: name, foreign: charset != "" && charset != "utf-8" && charset != "us-ascii"})
		if kind == "message/rfc822" {
			all = append(all, entry{kind: "text/plain", inner: true})
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
