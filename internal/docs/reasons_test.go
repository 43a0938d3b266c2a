package docs

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// compared are the columns of the table of reasons, and the programs that are run for
// them.
var compared = []struct{ column, program string }{
	{"mailpipe", "mailpipe"}, {"msmtp", "msmtp"}, {"mutt", "mutt"}, {"curl", "curl"}, {"swaks", "swaks"},
	{"mailx", "s-nail"},
}

// sendMessage has the commands that send the message on standard input.
var sendMessage = map[string]string{
	"mailpipe": `mailpipe deliver`,
	"msmtp":    `msmtp -t`,
	"mutt":     `mutt -H -`,
	"curl": `curl -sS smtp://$SERVER --mail-from alice@example.org --mail-rcpt-allowfails \
		--mail-rcpt bob@example.org --mail-rcpt carol@example.org -T -`,
	"swaks": `swaks --server $SERVER --from alice@example.org --to bob@example.org,carol@example.org --data -`,
	"mailx": `s-nail -t`,
}

// sendFiles has the commands that send the text on standard input with two files. msmtp
// has no flag for a file.
var sendFiles = map[string]string{
	"mailpipe": `mailpipe send -t bob@example.org -s Report image latin1.txt`,
	"mutt":     `mutt -s Report -a image latin1.txt -- bob@example.org`,
	"curl": `curl -sS smtp://$SERVER --mail-from alice@example.org --mail-rcpt bob@example.org \
		-H 'Subject: Report' -F '=<-;type=text/plain' -F 'file=@image;encoder=base64' \
		-F 'file=@latin1.txt;type=text/plain;encoder=base64'`,
	"swaks": `swaks --server $SERVER --from alice@example.org --to bob@example.org --h-Subject Report --body - \
		--attach @image --attach @latin1.txt`,
	"mailx": `s-nail -s Report -a image -a latin1.txt=iso-8859-1 bob@example.org`,
}

// The text and both files arrive.
func TestReasonFiles(t *testing.T) {
	compare(t, sendFiles, func(r *rival) bool {
		_, mails := r.send("All is well.\n")
		return len(mails) == 1 && strings.TrimSpace(mails[0].Text) == "All is well." &&
			len(mails[0].Attachments) == 2 && string(mails[0].Attachments[0].Content) == r.read("image")
	})
}

// The type of a file arrives whose name has no extension, and the charset of a text that
// is not UTF-8.
func TestReasonTypes(t *testing.T) {
	compare(t, sendFiles, func(r *rival) bool {
		_, mails := r.send("All is well.\n")
		return len(mails) == 1 && len(mails[0].Attachments) == 2 &&
			mails[0].Attachments[0].ContentType == "image/png" &&
			strings.EqualFold(mails[0].Attachments[1].Charset, "iso-8859-1")
	})
}

// A message without its closing boundary does not arrive; with it, it does.
func TestReasonCutOff(t *testing.T) {
	compare(t, sendMessage, func(r *rival) bool {
		whole := r.read("whole.eml")
		_, mails := r.send(whole)
		_, cut := r.send(whole[:len(whole)/2])
		return len(mails) == 1 && len(cut) == 0
	})
}

// The exit status after a refusal for now is not that after a refusal forever, both for
// the recipients and after the content.
func TestReasonStatus(t *testing.T) {
	compare(t, sendMessage, func(r *rival) bool {
		for _, stage := range []string{"rcpt", "dot"} {
			now, _ := r.send(r.read("mail.eml"), stage+"=451")
			forever, _ := r.send(r.read("mail.eml"), stage+"=550")
			if now == forever || now == 0 || forever == 0 {
				return false
			}
		}
		return true
	})
}

// Bob gets the mail if Carol is refused.
func TestReasonRecipients(t *testing.T) {
	compare(t, sendMessage, func(r *rival) bool {
		_, mails := r.send(r.read("whole.eml"), "rcpt:carol@example.org=550")
		return len(mails) == 1 && mails[0].GetHeader("Delivered-To") == "bob@example.org"
	})
}

// The program sends what cron and PHP write, under the name of sendmail and with their
// flags.
func TestReasonSendmail(t *testing.T) {
	commands := map[string]string{}
	for _, c := range compared {
		as := `as/` + c.program + `/sendmail `
		commands[c.column] = as + `-i -FCronDaemon -B8BITMIME -oem bob@example.org <mail.eml; ` + as + `-t -i <mail.eml`
	}
	compare(t, commands, func(r *rival) bool {
		_, mails := r.send("")
		return len(mails) == 2
	})
}

var (
	tick      = regexp.MustCompile(`^\[✓\]\[([\w ]+)\]$`)
	reference = regexp.MustCompile(`(?m)^\[([\w ]+)\]: (\S+) "(\w+)"$`)
	reasonRow = regexp.MustCompile(`(?m)^\| \S.*\|$`)
)

// reasons returns the table of reasons: its heading and its rows. A cell with a tick is
// the name of the test that its link leads to.
func reasons(t *testing.T) (heading []string, rows [][]string) {
	t.Helper()
	first, _, _ := strings.Cut(readme(t), "\n## ")
	linked := map[string]string{}
	for _, m := range reference.FindAllStringSubmatch(first, -1) {
		if !strings.Contains(read(t, root+"/"+m[2]), "\nfunc "+m[3]+"(t *testing.T) {\n") {
			t.Errorf("%s has no %s", m[2], m[3])
		}
		linked[m[1]] = m[3]
	}
	for _, line := range reasonRow.FindAllString(first, -1) {
		cells := strings.Split(line, "|")
		cells = cells[1 : len(cells)-1]
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
			if m := tick.FindStringSubmatch(cells[i]); m != nil {
				cells[i] = linked[m[1]]
			}
		}
		rows = append(rows, cells)
	}
	if len(rows) < 2 {
		t.Fatal("the first screen of the README has no table")
	}
	return rows[0], slices.DeleteFunc(rows[1:], func(row []string) bool { return strings.HasPrefix(row[0], "---") })
}

// The table has six rows and a column for each program. Each tick is linked to a test
// that exists, and mailpipe has all of them.
func TestReasons(t *testing.T) {
	heading, rows := reasons(t)
	for i, c := range compared {
		if len(heading) != len(compared)+1 || heading[i+1] != c.column {
			t.Fatalf("the columns are %q", heading)
		}
	}
	if len(rows) != 6 {
		t.Errorf("%d rows", len(rows))
	}
	for _, row := range rows {
		if row[1] == "" {
			t.Errorf("mailpipe has no tick in %q", row)
		}
		for _, cell := range row[1:] {
			if cell != "" && cell != row[1] {
				t.Errorf("%q is not a tick with a link to the test of the row, %s", cell, row[1])
			}
		}
	}
}
