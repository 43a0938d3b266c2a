package inspect

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// top is a header without a fault.
const top = "From: a@example.org\nDate: Mon, 30 Nov 2026 12:00:00 +0000\nMessage-ID: <1@example.org>\n"

// mime is one with MIME-Version, after which Content-Type may follow.
const mime = top + "MIME-Version: 1.0\n"

// encoded begins a text in an encoding.
func encoded(encoding string) string {
	return mime + "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: " + encoding + "\n\n"
}

// mixed is a multipart with these parts and without a closing delimiter.
func mixed(parts ...string) string {
	return mime + "Content-Type: multipart/mixed; boundary=b\n\n--b\n" + strings.Join(parts, "\n--b\n")
}

func crlf(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }

// nested returns a mail of n multiparts in each other.
func nested(n int) string {
	var b strings.Builder
	b.WriteString(mime)
	for i := range n {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d.\n\n--b%d.\n", i, i)
	}
	b.WriteString("\ntext\n")
	for i := n - 1; i >= 0; i-- {
		fmt.Fprintf(&b, "--b%d.--\n", i)
	}
	return b.String()
}

func manyParts(n int) string {
	return mixed(strings.Repeat("\nx\n--b\n", n-1) + "\nx\n--b--\n")
}

// A sample is two mails: the rule must find something in bad, and nothing else may be
// found there than what also lists. Nothing may be found in good.
type sample struct {
	bad, good string
	also      []string
}

// samples has a sample of each rule.
var samples = map[string]sample{
	"empty": {
		bad:  "",
		good: top + "\n",
	},
	"several-mails": {
		bad:  "From a@b Mon Nov 30 12:00:00 2026\n" + top + "\nx\n\nFrom a@b Mon Nov 30 12:00:00 2026\n" + top + "\ny\n",
		good: "From a@b Mon Nov 30 12:00:00 2026\n" + top + "\nx\n",
	},
	"limit-depth": {
		bad:  nested(102),
		good: nested(100),
	},
	"limit-parts": {
		bad:  manyParts(10_000),
		good: manyParts(9_999),
	},
	"limit-header": {
		bad:  top + strings.Repeat("X-A: 1\n", 1<<20/7) + "\n",
		good: top + strings.Repeat("X-A: 1\n", 1<<19/7) + "\n",
	},
	"limit-findings": { // see TestFindingsLimit
		bad:  "",
		good: top + "\n",
	},

	"bare-cr": {
		bad:  top + "\na\rb\n",
		good: crlf(top + "\na\nb\n"),
	},
	"bare-lf": {
		bad:  crlf(top) + "\r\na\nb\r\n",
		good: crlf(top + "\na\nb\n"),
	},
	"nul": {
		bad:  top + "\na\x00b\n",
		good: encoded("base64") + "YQBi\n",
	},
	"line-length": {
		bad:  top + "\n" + strings.Repeat("x", 999) + "\n",
		good: top + "\n" + strings.Repeat("x", 998) + "\n",
	},
	"no-final-eol": {
		bad:  top + "\nx",
		good: top + "\nx\n",
	},

	"header-syntax": {
		bad:  top + "this is no field\n\nx\n",
		good: top + "X-This: is one\n\nx\n",
	},

	"encoding-unknown": {
		bad:  encoded("uuencode") + "x\n",
		good: encoded("8bit") + "x\n",
	},
	"encoding-multipart": {
		bad:  strings.Replace(mixed("\nx\n--b--\n"), "Content-Type", "Content-Transfer-Encoding: base64\nContent-Type", 1),
		good: mixed("\nx\n--b--\n"),
	},
	"encoding-7bit": {
		bad:  encoded("7bit") + "h\u00e4\n",
		good: encoded("8bit") + "h\u00e4\n",
	},
	"base64-alphabet": {
		bad:  encoded("base64") + "Y*WE=\n",
		good: encoded("base64") + "YWE=\n",
	},
	"base64-padding": {
		bad:  encoded("base64") + "YWE\n",
		good: encoded("base64") + "YWE=\n",
	},
	"base64-line": {
		bad:  encoded("base64") + strings.Repeat("YWFh", 20) + "\n",
		good: encoded("base64") + strings.Repeat("YWFh", 19) + "\n",
	},
	"quoted-escape": {
		bad:  encoded("quoted-printable") + "a=b\n",
		good: encoded("quoted-printable") + "a=3Db\n",
	},
	"quoted-space": {
		bad:  encoded("quoted-printable") + "a \n",
		good: encoded("quoted-printable") + "a=20\n",
	},
	"quoted-line": {
		bad:  encoded("quoted-printable") + strings.Repeat("x", 77) + "\n",
		good: encoded("quoted-printable") + strings.Repeat("x", 75) + "=\nx\n",
	},

	"multipart-unclosed": {
		bad:  mixed("\nx\n"),
		good: mixed("\nx\n--b--\n"),
	},
	"multipart-empty": {
		bad:  mime + "Content-Type: multipart/mixed; boundary=b\n\n--b--\n",
		good: mixed("\nx\n--b--\n"),
	},
}

// ids returns the rules that find something in a mail, each once.
func ids(t *testing.T, mail string) (found []string) {
	t.Helper()
	findings, err := Read(strings.NewReader(mail), Visitor{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings.List {
		if !slices.Contains(found, f.ID) {
			found = append(found, f.ID)
		}
	}
	return found
}

func TestRules(t *testing.T) {
	for _, r := range Rules {
		s, ok := samples[r.ID]
		if !ok {
			t.Errorf("%s: no sample", r.ID)
			continue
		}
		if r.ID != "limit-findings" {
			found := ids(t, s.bad)
			want := append([]string{r.ID}, s.also...)
			slices.Sort(found)
			slices.Sort(want)
			if !slices.Equal(found, want) {
				t.Errorf("%s: found %q, want %q", r.ID, found, want)
			}
		}
		if found := ids(t, s.good); len(found) > 0 {
			t.Errorf("%s: found %q in the good mail", r.ID, found)
		}
	}
	if len(samples) > len(Rules) {
		t.Errorf("%d samples for %d rules", len(samples), len(Rules))
	}
}

// Each rule says what is found in a sentence, and where the requirement is.
func TestRuleTable(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Rules {
		if seen[r.ID] || strings.Trim(r.ID, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			t.Errorf("%s: the id is a duplicate or invalid", r.ID)
		}
		seen[r.ID] = true
		var number, section string
		if n, _ := fmt.Sscanf(r.RFC, "RFC %s §%s", &number, &section); n != 2 {
			t.Errorf("%s: %q is not a section of an RFC", r.ID, r.RFC)
		}
		if r.Text == "" || strings.HasSuffix(r.Text, ".") || len(r.Text) > 90 {
			t.Errorf("%s: %q is not a short sentence without its period", r.ID, r.Text)
		}
		if r.Severity != Error && r.Severity != Warning {
			t.Errorf("%s: severity %q", r.ID, r.Severity)
		}
	}
}

// The same finding in a part is counted. More than 1,000 different ones are only counted.
func TestFindingsLimit(t *testing.T) {
	var parts []string
	for range 1500 {
		parts = append(parts, "Content-Transfer-Encoding: base64\n\nYWE",
			"Content-Transfer-Encoding: quoted-printable\n\nx \ny ")
	}
	findings, err := Read(strings.NewReader(mixed(parts...)+"\n--b--\n"), Visitor{})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(findings.List); n != FindingsMax+1 {
		t.Errorf("%d findings, want %d", n, FindingsMax+1)
	}
	last := findings.List[len(findings.List)-1]
	const want = "There are more than 1,000 findings: 1000 more errors, 2000 more warnings (RFC 5322 §2.2)"
	if last.ID != "limit-findings" || last.Words() != want {
		t.Errorf("%s: %s, want %s", last.ID, last.Words(), want)
	}
	if w := findings.List[1].Words(); w != "A line in quoted-printable ends with a space, 2 times (RFC 2045 §6.7)" {
		t.Error(w)
	}
}
