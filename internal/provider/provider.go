// Package provider has a table of mail providers and sending services: the server, the
// form of the user name, and what the password is. It does not use the network.
package provider

import (
	"slices"
	"strings"
)

// Checked is the date when the table was last compared with the pages of the providers.
const Checked = "2026-11-30"

// A Provider is a row of the table. Lists are separated by spaces.
type Provider struct {
	Name    string // for people
	Account string // the name of the account, a bare key of TOML
	Domains string // of the addresses that the provider gives to people
	MX      string // the ends of the MX hosts of people's own domains
	Service string // the name, if it is a service that only sends; may end in :REGION
	Server  string // a URL; the region replaces the word REGION
	Login   Login
	User    string // the user name, if Login is the same for everybody; what it is called, if it is Issued
	Secret  Secret
	Page    string // where the password is created or explained, or empty
	Note    string // what else the user must know, in sentences, or empty
	Tokens  bool   // a token for XOAUTH2 works too
}

// A Login is the form of a user name.
type Login int

const (
	FullAddress Login = iota // the mail address
	LocalPart                // the part before the @
	Fixed                    // the same for everybody
	Issued                   // given by the provider to each customer
	NoLogin                  // there is none
)

// A Secret is what a password is.
type Secret int

const (
	AppPassword Secret = iota // made for one program, on a page of the provider
	Mailbox                   // that of the mailbox; an app password if two-factor authentication is on
	Key                       // an API key, or a password for SMTP alone
	Token                     // of OAuth 2, for XOAUTH2
	Bridge                    // shown by a program that runs on the same host
	NoSecret                  // there is none
)

// region stands for a region in the table.
const region = "REGION"

// All returns a copy of the table.
func All() []Provider { return slices.Clone(table) }

// Find returns the provider of a mail domain, or nil.
func Find(domain string) *Provider {
	return first(func(p *Provider) bool { return slices.Contains(strings.Fields(p.Domains), domain) })
}

// FindMX returns the provider whose MX host this is, or nil.
func FindMX(host string) *Provider {
	return first(func(p *Provider) bool {
		for suffix := range strings.FieldsSeq(p.MX) {
			if Within(host, suffix) {
				return true
			}
		}
		return false
	})
}

// FindServer returns the provider with that host for submission, or nil.
func FindServer(host string) *Provider {
	return first(func(p *Provider) bool { return p.Service == "" && p.Host() == host })
}

// FindService returns the service of that name, such as "mailgun:eu", or nil. If the
// service has regions, as in "ses:eu-west-1", the region is put into the server.
func FindService(name string) *Provider {
	base, word, _ := strings.Cut(name, ":")
	p := first(func(p *Provider) bool {
		service, regional := strings.CutSuffix(p.Service, ":"+region)
		if regional {
			return service == base && isRegion(word)
		}
		return p.Service != "" && p.Service == name
	})
	if p != nil {
		p.Server = strings.ReplaceAll(p.Server, region, word)
	}
	return p
}

// Services returns the names of the services, with REGION in place of a region.
func Services() []string {
	var names []string
	for i := range table {
		if table[i].Service != "" {
			names = append(names, table[i].Service)
		}
	}
	return names
}

// Host returns the name of the server.
func (p *Provider) Host() string {
	_, host, _ := strings.Cut(p.Server, "://")
	host, _, _ = strings.Cut(host, ":")
	return host
}

// Within reports whether a host name is a domain or in it.
func Within(host, domain string) bool {
	return host == domain || strings.HasSuffix(host, "."+domain)
}

// first returns the first row for which match is true, or nil.
func first(match func(*Provider) bool) *Provider {
	for i := range table {
		if match(&table[i]) {
			p := table[i]
			return &p
		}
	}
	return nil
}

// isRegion reports whether s has the form of a region, such as eu-west-1. It can then
// be a label of a host name.
func isRegion(s string) bool {
	if len(s) < 2 || len(s) > 63 || s[0] == '-' {
		return false
	}
	last := s[len(s)-1]
	return last >= '0' && last <= '9' && strings.Contains(s, "-") &&
		strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}
