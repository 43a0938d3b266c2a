package provider

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"mailpipe/internal/config"
)

// TestRows checks the form of each row.
func TestRows(t *testing.T) {
	key := regexp.MustCompile(`^[a-z0-9-]+$`)
	host := regexp.MustCompile(`^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]+$`)
	sentence := regexp.MustCompile(`^[A-Z].*\.$`)
	seen := map[string]string{}
	for _, p := range All() {
		wrong := func(what string) { t.Errorf("%s: %s", p.Name, what) }
		if p.Name == "" || seen[p.Name] != "" || !key.MatchString(p.Account) {
			wrong("name")
		}
		seen[p.Name] = p.Name
		names := append(strings.Fields(p.Domains), strings.Fields(p.MX)...)
		if (p.Service == "") != (len(names) > 0) {
			wrong("must be a service or have domains")
		}
		for _, list := range []string{p.Domains, p.MX} {
			for _, name := range strings.Fields(list) {
				if !host.MatchString(name) && name != "mx.microsoft" {
					wrong("invalid " + name)
				}
			}
		}
		for _, domain := range strings.Fields(p.Domains) {
			if first := Find(domain); *first != p {
				wrong(domain + " belongs to " + first.Name)
			}
		}
		for _, suffix := range strings.Fields(p.MX) {
			if first := FindMX("mx1." + suffix); *first != p {
				wrong(suffix + " belongs to " + first.Name)
			}
		}
		p.checkServer(wrong)
		needsUser := p.Login == Fixed || p.Login == Issued
		if needsUser != (p.User != "") || (p.Login == NoLogin) != (p.Secret == NoSecret) {
			wrong("user")
		}
		needsPage := p.Secret == AppPassword || p.Secret == Key || p.Secret == Bridge
		if needsPage && p.Page == "" || p.Page != "" && !strings.HasPrefix(p.Page, "https://") {
			wrong("page")
		}
		if p.Note != "" && !sentence.MatchString(p.Note) {
			wrong("note")
		}
	}
	if day, err := time.Parse(time.DateOnly, Checked); err != nil || day.After(time.Now()) {
		t.Errorf("checked on %s: %v", Checked, err)
	}
}

// checkServer checks that only a program on this host is reached without TLS.
func (p *Provider) checkServer(wrong func(string)) {
	s, err := config.ParseServer(p.Server)
	if err != nil {
		wrong(err.Error())
		return
	}
	local := s.Host == "127.0.0.1"
	if !local && s.Scheme != "smtps" && s.Scheme != "submission" {
		wrong("the server needs TLS")
	}
	if local != (p.Secret == Bridge || p.Secret == NoSecret) {
		wrong("only a program on this host needs no password of a provider")
	}
	if s.Host != strings.ToLower(p.Host()) {
		wrong("host " + p.Host())
	}
}

// TestOwnDomains checks that real MX hosts lead to the server of the provider.
func TestOwnDomains(t *testing.T) {
	for mx, server := range map[string]string{
		"aspmx.l.google.com":                        "smtps://smtp.gmail.com",
		"alt1.aspmx.l.google.com":                   "smtps://smtp.gmail.com",
		"aspmx2.googlemail.com":                     "smtps://smtp.gmail.com",
		"smtp.google.com":                           "smtps://smtp.gmail.com",
		"example-org.mail.protection.outlook.com":   "submission://smtp.office365.com",
		"example-org.a-v1.mx.microsoft":             "submission://smtp.office365.com",
		"outlook-com.olc.protection.outlook.com":    "submission://smtp-mail.outlook.com",
		"in1-smtp.messagingengine.com":              "smtps://smtp.fastmail.com",
		"mail.protonmail.ch":                        "smtp://127.0.0.1:1025",
		"mailsec.protonmail.ch":                     "smtp://127.0.0.1:1025",
		"mx01.mail.icloud.com":                      "submission://smtp.mail.me.com",
		"mx.zoho.com":                               "smtps://smtppro.zoho.com",
		"mx2.zoho.eu":                               "smtps://smtppro.zoho.eu",
		"mx3.zoho.in":                               "smtps://smtppro.zoho.in",
		"aspmx1.migadu.com":                         "smtps://smtp.migadu.com",
		"mx1.mail.ovh.net":                          "smtps://ssl0.ovh.net",
		"spool.mail.gandi.net":                      "smtps://mail.gandi.net",
		"fb.mail.gandi.net":                         "smtps://mail.gandi.net",
		"mx00.ionos.de":                             "smtps://smtp.ionos.de",
		"mx00.kundenserver.de":                      "smtps://smtp.ionos.de",
		"mx00.ionos.com":                            "smtps://smtp.ionos.com",
		"mx01.ionos.co.uk":                          "smtps://smtp.ionos.co.uk",
		"mx01.ionos.fr":                             "smtps://smtp.ionos.fr",
		"mta-gw.infomaniak.ch":                      "smtps://mail.infomaniak.com",
		"mxext1.mailbox.org":                        "smtps://smtp.mailbox.org",
		"smtpin.rzone.de":                           "smtps://smtp.strato.de",
		"www123.your-server.de":                     "smtps://mail.your-server.de",
		"mx.yandex.net":                             "smtps://smtp.yandex.com",
		"example.org":                               "",
		"mail.protection.outlook.com.evil.example":  "",
		"evilmigadu.com":                            "",
		"migadu.com.":                               "",
		"aspmx.l.google.com.mail.evil.example":      "",
		"notmessagingengine.com.mail.evil.example.": "",
	} {
		p := FindMX(mx)
		if p == nil && server != "" || p != nil && p.Server != server {
			t.Errorf("%s: %+v", mx, p)
		}
	}
}

func TestServices(t *testing.T) {
	for service, server := range map[string]string{
		"ses:eu-west-1":     "smtps://email-smtp.eu-west-1.amazonaws.com",
		"ses:us-gov-west-1": "smtps://email-smtp.us-gov-west-1.amazonaws.com",
		"sendgrid":          "smtps://smtp.sendgrid.net",
		"mailgun":           "smtps://smtp.mailgun.org",
		"mailgun:eu":        "smtps://smtp.eu.mailgun.org",
		"postmark":          "submission://smtp.postmarkapp.com",
		"mailjet":           "submission://in-v3.mailjet.com",
		"brevo":             "smtps://smtp-relay.brevo.com",
		"resend":            "smtps://smtp.resend.com",
		"mailtrap":          "submission://live.smtp.mailtrap.io",
		"mailpit":           "smtp://127.0.0.1:1025",
	} {
		if p := FindService(service); p == nil || p.Server != server {
			t.Errorf("%s: %+v", service, p)
		}
	}
	for _, service := range []string{
		"", ":", "ses", "ses:", "ses:REGION", "ses:eu west", "ses:a.evil.example/", "ses:-x", "ses:a:b",
		"ses:ireland", "ses:1", "ses:-1", "ses:a.b-1", "ses:EU-WEST-1",
		"ses:" + strings.Repeat("a", 64),
		"mailgun:us", "mailgun:", "sendgrid:eu", "SENDGRID", "gmail", "other",
	} {
		if p := FindService(service); p != nil {
			t.Errorf("%q: %+v", service, p)
		}
	}
	if p := FindService("sendgrid"); p.User != "apikey" || p.Login != Fixed {
		t.Errorf("%+v", p)
	}
	if !slices.Contains(Services(), "ses:REGION") || len(Services()) != 10 {
		t.Errorf("%v", Services())
	}
	if FindServer("smtp.sendgrid.net") != nil || FindServer("smtp.gmail.com") == nil {
		t.Error("a service is found by its server")
	}
}
