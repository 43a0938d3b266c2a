package cli

import (
	"mailpipe/internal/address"
	"mailpipe/internal/config"
	"mailpipe/internal/locate"
	"mailpipe/internal/provider"
	"mailpipe/internal/shell"
)

// A suggestedAccount is an account that the user is to check and to complete.
type suggestedAccount struct {
	name   string          // needs no quotes in TOML or a shell
	from   address.Address // zero for a service
	server locate.Server
}

// example is the address that the user must replace in an account of a service.
const example = "you@example.com"

// toml returns the account with comments. file is where the user may put it.
func (a *suggestedAccount) toml(file string) string {
	var d config.Draft
	a.explain(&d, file)
	d.Blank()
	d.Account(a.name)
	d.Set("server", a.server.URL)
	a.identity(&d)
	a.password(&d)
	d.Blank()
	d.Comment("Try the account, then send a mail:")
	d.Copy("mailpipe deliver --probe -A " + a.name)
	d.Copy("mailpipe send -A " + a.name + " -t " + shell.Quote(a.mailbox()) + " -s Test --body 'It works.'")
	return d.String()
}

// mailbox returns the address of the user, or an example.
func (a *suggestedAccount) mailbox() string {
	if a.from.Domain == "" {
		return example
	}
	return a.from.Mailbox()
}

// explain says whose account it is, and where the server comes from.
func (a *suggestedAccount) explain(d *config.Draft, file string) {
	s := &a.server
	what := "An account for " + a.mailbox()
	switch {
	case s.Provider == nil:
	case a.from.Domain == "":
		what = "An account at " + s.Provider.Name
	default:
		what += " at " + s.Provider.Name
	}
	d.Comment(what + ". Add it to " + file + ".")
	source := "The server is from " + s.Source + "."
	if s.Provider != nil {
		source += " The table of providers was checked on " + provider.Checked + "."
	}
	d.Comment(source)
	if s.DNS {
		d.Comment("CHECK: the record is from unsigned DNS, so another host may have changed it on the way. " +
			"Compare the server with what your provider says before you give it a password.")
	}
	if s.Outside {
		d.Comment("CHECK: the server is not in the domain " + a.from.Domain + ".")
	}
	for _, note := range s.Notes {
		d.Comment(note)
	}
}

// identity writes who sends and who logs in.
func (a *suggestedAccount) identity(d *config.Draft) {
	p := a.server.Provider
	if a.from.Domain == "" {
		d.Comment("Replace this by an address that you may use there:")
	}
	from := a.mailbox()
	if a.from.Name != "" {
		from = address.Quote(a.from.Name) + " <" + from + ">"
	}
	d.Set("from", from)
	login := provider.FullAddress
	if p != nil {
		login = p.Login
	}
	switch login {
	case provider.FullAddress:
		d.Set("user", a.mailbox())
	case provider.LocalPart:
		d.Set("user", a.from.Local)
	case provider.Issued:
		d.Comment("Replace this by yours:")
		fallthrough
	case provider.Fixed:
		d.Set("user", p.User)
	}
}

// password says what the password is and where it may be kept.
func (a *suggestedAccount) password(d *config.Draft) {
	p := a.server.Provider
	if p == nil {
		d.Comment("The password is probably that of the mailbox.")
		a.keep(d)
		return
	}
	switch p.Secret {
	case provider.AppPassword:
		d.Comment("The password is an app password, not that of the website.")
	case provider.Mailbox:
		d.Comment("The password is that of the mailbox. " +
			"If two-factor authentication is on, it may have to be an app password.")
	case provider.Key:
		d.Comment("The password is one that the service creates.")
	case provider.Bridge:
		d.Comment("The server is a bridge, a program that must run on this host. " +
			"The password is the one that it shows.")
	case provider.Token:
		d.Set("auth", "XOAUTH2")
		d.Comment("The password is an OAuth 2 token.")
	}
	d.Comment(p.Note)
	if p.Page != "" {
		d.Comment("See " + p.Page)
	}
	switch p.Secret {
	case provider.NoSecret:
	case provider.Token:
		a.tokens(d)
	case provider.Bridge:
		d.Comment("The bridge signs its certificate itself. Export it in the settings of the bridge, and remove the #:")
		d.Suggest("tls_ca", "~/.config/mailpipe/"+a.name+".pem")
		a.keep(d)
	default:
		a.keep(d)
	}
	if p.Tokens {
		d.Comment("A token can take the place of the password:")
		d.Suggest("auth", "XOAUTH2")
		a.tokens(d)
	}
}

// keep suggests where the password may be kept.
func (a *suggestedAccount) keep(d *config.Draft) {
	d.Comment("mailpipe asks for the password at the terminal. To keep it, use one of these, " +
		"and let nobody else read the file (mode 600):")
	d.Suggest("password_command", "pass show mail/"+a.name)
	d.Suggest("password_file", "~/.config/mailpipe/"+a.name+".password")
}

// tokens suggests programs that print a token.
func (a *suggestedAccount) tokens(d *config.Draft) {
	d.Comment("Programs that renew and print a token; set one up, and remove its #:")
	d.Suggest("password_command", "oama access "+shell.Quote(a.mailbox()))
	d.Suggest("password_command", "pizauth show "+a.name)
	d.Suggest("password_command", "mutt_oauth2.py ~/.config/mailpipe/"+a.name+".tokens")
}
