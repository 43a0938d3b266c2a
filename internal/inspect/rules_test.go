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

func dated(date string) string { return "From: a@example.org\nDate: " + date + "\n\n" }

// typed is a mail with a Content-Type, and perhaps further fields after it.
func typed(fields string) string { return mime + "Content-Type: " + fields + "\n\n" }

// page is a part with HTML.
func page(html string) string { return "Content-Type: text/html; charset=us-ascii\n\n" + html }

// file is a part that is an attachment.
const file = "Content-Type: application/octet-stream\nContent-Disposition: attachment; filename=a\n\nx"

// multipart is one with these parts.
func multipart(subtype string, parts ...string) string {
	return mime + "Content-Type: multipart/" + subtype + "; boundary=b\n\n--b\n" +
		strings.Join(parts, "\n--b\n") + "\n--b--\n"
}

func related(params string, parts ...string) string {
	return strings.Replace(multipart("related", parts...), "; boundary", params+"; boundary", 1)
}

func alternative(parts ...string) string { return multipart("alternative", parts...) }

// bounded is two multiparts in each other, with these boundaries.
func bounded(outer, inner string) string {
	begin := func(boundary string) string {
		return "Content-Type: multipart/mixed;\n boundary=" + boundary + "\n\n--" + boundary + "\n"
	}
	return mime + begin(outer) + begin(inner) + "\nx\n--" + inner + "--\n--" + outer + "--\n"
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

	"header-control": {bad: top + "X-A: a\x1bb\n\n", good: top + "X-A: a\tb\n\n"},
	"header-octets":  {bad: top + "Subject: h\xe4\n\n", good: top + "Subject: ha\n\n"},
	"header-utf8":    {bad: top + "Subject: h\u00e4\n\n", good: top + "To: h\u00e4@example.org\n\n"},
	"header-length": {
		bad:  top + "X-A: " + strings.Repeat("x", 994) + "\n\n",
		good: top + "X-A: " + strings.Repeat("x", 993) + "\n\n",
	},
	"header-width": {
		bad:  top + "X-A: " + strings.Repeat("xxx ", 18) + "xx\n\n",
		good: top + "X-A: " + strings.Repeat("xxx ", 18) + "x\n X: " + strings.Repeat("x", 74) + "\n\n",
	},
	"header-space":     {bad: top + "X-A: x\n \t\n\n", good: top + "X-A: x\nX-B: \n\n"},
	"header-duplicate": {bad: top + "Subject: x\nSubject: y\n\n", good: top + "X-A: x\nX-A: y\n\n"},

	"date-missing": {bad: "From: a@example.org\n\n", good: top + "\n"},
	"date-syntax":  {bad: dated("today"), good: dated("30 Nov 26 12:00 GMT (now)")},
	"date-weekday": {
		bad:  dated("Tue, 30 Nov 2026 12:00:00 +0000"),
		good: dated("Mon,30 Nov 2026 12:00:00 +0000"),
	},
	"date-zone": {
		bad:  dated("Mon, 30 Nov 2026 12:00:00 +0190"),
		good: dated("Mon, 30 Nov 2026 12:00:00 -0930"),
	},
	"date-range": {
		bad:  dated("31 Nov 2026 12:00:00 +0000"),
		good: dated("29 Feb 2028 23:59:60 +0000"),
	},
	"from-missing": {bad: "Date: Mon, 30 Nov 2026 12:00:00 +0000\n\n", good: top + "\n"},
	"sender-missing": {
		bad:  "Date: Mon, 30 Nov 2026 12:00:00 +0000\nFrom: a@b.org, b@b.org\n\n",
		good: "Date: Mon, 30 Nov 2026 12:00:00 +0000\nFrom: a@b.org, b@b.org\nSender: a@b.org\n\n",
	},
	"address-syntax": {
		bad:  top + "To: a b@example.org\n\n",
		good: top + "To: \"a b\"@example.org (x), Team: c@example.org;\nCc: none:;\nBcc-Info: \n\n",
	},
	"message-id": {
		bad:  "From: a@example.org\nDate: Mon, 30 Nov 2026 12:00:00 +0000\nMessage-ID: 1@example.org\n\n",
		good: top + "\n",
	},
	"references": {
		bad:  top + "References: <1@b.org> 2@b.org <3@b.org>\n\n",
		good: top + "References: <1@b.org>\n <2@b.org>\nIn-Reply-To: <1@b.org> (from a)\n\n",
	},
	"bcc": {bad: top + "Bcc: a@b.org\n\n", good: top + "Cc: a@b.org\n\n"},
	"list-unsubscribe": {
		bad:  top + "List-Unsubscribe: https://b.org/x\n\n",
		good: top + "List-Unsubscribe: <https://b.org/x>, (by mail) <mailto:a@b.org?subject=x>\n\n",
	},

	"word-syntax": {
		bad:  top + "Subject: =?utf-8?q?two words?=\n\n",
		good: top + "Subject: =?utf-8?q?two_words?= =? ?=\n\n",
	},
	"word-length": {
		bad:  top + "Subject: =?utf-8?q?" + strings.Repeat("x", 64) + "?=\n\n",
		good: top + "Subject: =?utf-8?q?" + strings.Repeat("x", 63) + "?=\n\n",
		also: nil,
	},
	"word-split": {
		bad:  top + "Subject: =?utf-8?q?=C3?= =?utf-8?q?=A4?=\n\n",
		good: top + "Subject: =?utf-8?q?=C3=A4?= =?iso-2022-jp?b?GyRCJUYbKEI=?=\n\n",
	},
	"word-quoted": {
		bad:  top + "To: \"=?utf-8?q?x?=\" <a@b.org>\n\n",
		good: top + "To: =?utf-8?q?x?= <a@b.org>\n\n",
	},
	"word-parameter": {
		bad:  mime + "Content-Type: text/plain; charset=\"=?utf-8?q?utf-8?=\"\n\n",
		good: mime + "Content-Type: text/plain; charset=\"utf-8\"\n\n",
		also: []string{"charset-unknown"},
	},
	"word-charset": {
		bad:  top + "Subject: =?utf-9?q?x?=\n\n",
		good: top + "Subject: =?utf-8*en?q?x?=\n\n",
	},

	"mime-version": {
		bad:  top + "Content-Type: text/plain\n\n",
		good: mime + "Content-Type: text/plain\n\n",
	},
	"type-syntax": {
		bad:  typed("text/plain; charset"),
		good: typed("text/plain (a comment) ; charset = us-ascii;"),
	},
	"type-unknown": {bad: typed("texte/plain"), good: typed("x-own/plain")},
	"parameter-duplicate": {
		bad:  typed("text/plain; charset=utf-8; charset=utf-8"),
		good: typed("text/plain; charset=utf-8"),
	},
	"parameter-unquoted": {
		bad:  typed("text/plain; charset=utf-8; x=a b"),
		good: typed("text/plain; charset=utf-8; x=\"a b\"; y*=utf-8''a/b"),
	},
	"parameter-gap": {
		bad:  typed("text/plain; x*0=a; x*2=b"),
		good: typed("text/plain; x*0=a; x*1*=b"),
	},
	"name-alone": {
		bad:  typed("text/plain; name=a.txt"),
		good: typed("text/plain; name=a.txt\nContent-Disposition: inline; filename=a.txt"),
	},
	"name-differs": {
		bad:  typed("text/plain; name=a.txt\nContent-Disposition: inline; filename=b.txt"),
		good: typed("text/plain; name=b.txt\nContent-Disposition: inline; filename*=utf-8''b.txt"),
	},
	"name-unsafe": {
		bad:  typed("text/plain\nContent-Disposition: inline; filename=\"../a.txt\""),
		good: typed("text/plain\nContent-Disposition: inline; filename=\"..a.txt\""),
	},
	"name-extension": {
		bad:  typed("image/png\nContent-Disposition: inline; filename=a.png") + "%PDF-1.4\n",
		good: typed("application/pdf\nContent-Disposition: inline; filename=a.pdf") + "%PDF-1.4\n",
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

	"charset-missing": {
		bad:  mime + "Content-Type: text/plain\nContent-Transfer-Encoding: 8bit\n\nh\u00e4\n",
		good: mime + "Content-Type: text/plain\n\nha\n",
	},
	"charset-unknown": {
		bad:  typed("text/plain; charset=utf-9"),
		good: typed("text/plain; charset=utf-7"),
	},
	"charset-mismatch": {bad: encoded("8bit") + "h\xe4\n", good: encoded("8bit") + "h\u00e4\n"},

	"boundary-missing": {bad: typed("multipart/mixed") + "x\n", good: typed("text/plain") + "x\n"},
	"boundary-length": {
		bad:  bounded(strings.Repeat("b", 71), "x"),
		good: bounded(strings.Repeat("b", 70), "x"),
	},
	"boundary-prefix":    {bad: bounded("b", "bb"), good: bounded("b1", "b2")},
	"boundary-content":   {bad: mixed("\n--before\n--b--\n"), good: mixed("\n--after\n--b--\n")},
	"multipart-unclosed": {bad: mixed("\nx\n"), good: mixed("\nx\n--b--\n")},
	"multipart-epilogue": {bad: mixed("\nx\n--b--\nx\n"), good: mixed("\nx\n--b--\n\n")},
	"multipart-empty": {
		bad:  mime + "Content-Type: multipart/mixed; boundary=b\n\n--b--\n",
		good: mixed("\nx\n--b--\n"),
	},
	"related-root": {
		bad:  related("; start=\"<2>\"", "Content-ID: <1>\n\nx"),
		good: related("; start=\"<1>\"", "Content-ID: <1>\n\nx"),
	},
	"related-target": {
		bad:  related("", "\nx", "\ny"),
		good: related("", "\nx", "Content-ID: <1>\n\ny"),
	},
	"cid-unknown": {
		bad:  related("", page(`<IMG src="cid:2">`), "Content-ID: <1>\n\ny"),
		good: related("", page(`<a style="x: url('cid:1%40b')">`), "Content-ID: <1@b>\n\ny"),
	},
	"alternative-order": {bad: alternative(page("x"), "\nx"), good: alternative("\nx", page("x"))},
	"text-after":        {bad: mixed(file, "\nx\n--b--\n"), good: mixed("\nx", file+"\n--b--\n")},

	"from-line": {bad: top + "\nFrom here\n", good: top + "\n>From here\n"},
	"lone-dot":  {bad: top + "\n.\n", good: top + "\n..\n"},
	"html-script": {
		bad:  mime + page("<SCRIPT>x</SCRIPT>") + "\n",
		good: mime + page("&lt;script><!-- <script> -->") + "\n",
	},
	"html-form": {
		bad:  mime + page("<form action=x>") + "\n",
		good: mime + page("<p title='<form>'>") + "\n",
	},
}

// Mails beside those of the samples, and the rules that find something there.
func TestNeighbours(t *testing.T) {
	for mail, want := range map[string]string{
		// A question mark after an equals sign is not an encoded word.
		top + "Subject: what=?\n\n":                        "",
		top + "Subject: https://example.org/?a=?&b=?c\n\n": "",
		top + "Subject: x=?utf-8?q?x?=\n\n":                "word-syntax",
		top + "Subject: =?utf-8?b?YQ?=\n\n":                "word-syntax",
		top + "Subject: =?utf-8?B?YQ==?=\n\n":              "",

		dated("Mon , 30 Nov 2026 12:00:00 +0000"):    "", // RFC 5322 §4.3
		dated("Mon (x), 30 Nov 2026 12:00 +0000"):    "",
		dated(", 30 Nov 2026 12:00:00 +0000"):        "date-syntax",
		dated("Mon, +5 Nov 2026 12:00:00 +0000"):     "date-syntax",
		dated("Mon, 30 Nov 2026, 12:00:00 +0000"):    "date-syntax",
		dated("Mond, 30 Nov 2026 12:00:00 +0000"):    "date-syntax",
		dated("Mon, 30 Nov 2026 12:00:00"):           "date-zone",
		dated("Mon, 30 Nov 2026 12:00:00 CET"):       "date-zone",
		dated("Mon, 30 Nov 2026 24:00:00 +0000"):     "date-range",
		dated("Mon, 30 Nov 2026 12:00:00 +0000 (Z)"): "",

		top + "To: a@b.org; c@b.org\n\n":               "address-syntax",
		top + "To: Team: a@b.org, c@b.org\n\n":         "address-syntax",
		top + "To: Team: a@b.org;, None:; d@b.org\n\n": "",
		top + "To: undisclosed-recipients:;\n\n":       "",
		top + "Sender: a@b.org, c@b.org\n\n":           "address-syntax",

		mime + page(`<p onclick="x()">`) + "\n":          "html-script",
		mime + page(`<a href=" JavaScript:x()">`) + "\n": "html-script",
		mime + page(`<p title="on: javascript">`) + "\n": "",
	} {
		if found := strings.Join(ids(t, mail), " "); found != want {
			t.Errorf("%q: found %q, want %q", mail, found, want)
		}
	}
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
	if n := len(findings.List); n != findingsMax+1 {
		t.Errorf("%d findings, want %d", n, findingsMax+1)
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
