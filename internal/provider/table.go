package provider

// The pages where passwords are created move more often than servers do. When a row is
// changed, compare the others and set Checked.
var table = []Provider{
	// Mailboxes.
	{
		Name: "Google (Gmail, Workspace)", Account: "gmail", Domains: "gmail.com googlemail.com",
		MX: "google.com googlemail.com", Server: "smtps://smtp.gmail.com",
		Secret: AppPassword, Page: "https://myaccount.google.com/apppasswords",
		Note: "An app password needs 2-Step Verification.", Tokens: true,
	},
	{
		Name: "Microsoft (Outlook.com)", Account: "outlook",
		Domains: "outlook.com hotmail.com live.com msn.com windowslive.com passport.com " +
			"outlook.at outlook.be outlook.cl outlook.co.id outlook.co.il outlook.co.th outlook.com.ar " +
			"outlook.com.au outlook.com.br outlook.com.gr outlook.com.tr outlook.com.vn outlook.cz outlook.de " +
			"outlook.dk outlook.es outlook.fr outlook.hu outlook.ie outlook.in outlook.it outlook.jp outlook.kr " +
			"outlook.lv outlook.my outlook.ph outlook.pt outlook.sa outlook.sg outlook.sk " +
			"hotmail.be hotmail.ca hotmail.co.uk hotmail.de hotmail.es hotmail.fr hotmail.gr hotmail.it hotmail.nl " +
			"hotmail.se live.at live.be live.ca live.co.uk live.de live.dk live.fr live.ie live.it live.nl live.no " +
			"live.se live.com.au live.com.mx",
		MX: "olc.protection.outlook.com", Server: "submission://smtp-mail.outlook.com",
		Secret: Token, Note: "Passwords and app passwords are refused.",
	},
	{
		Name: "Microsoft 365 (Exchange Online)", Account: "office365", Domains: "office365.com onmicrosoft.com",
		MX: "mail.protection.outlook.com mx.microsoft", Server: "submission://smtp.office365.com",
		Secret: Token, Note: "An administrator must allow authenticated SMTP for the mailbox.",
	},
	{
		Name: "Yahoo", Account: "yahoo",
		Domains: "yahoo.com yahoo.ca yahoo.de yahoo.it yahoo.fr yahoo.es yahoo.se yahoo.co.in yahoo.co.uk " +
			"yahoo.co.nz yahoo.com.au yahoo.com.ar yahoo.com.br yahoo.com.mx ymail.com myyahoo.com rocketmail.com",
		MX: "yahoodns.net", Server: "smtps://smtp.mail.yahoo.com",
		Secret: AppPassword, Page: "https://login.yahoo.com/account/security",
	},
	{
		Name: "AOL", Account: "aol",
		Domains: "aol.com aim.com verizon.net netscape.net compuserve.com aol.de aol.it aol.fr aol.es aol.se " +
			"aol.co.uk aol.co.nz aol.com.au aol.com.ar aol.com.br aol.com.mx",
		Server: "smtps://smtp.aol.com", Secret: AppPassword, Page: "https://login.aol.com/account/security",
	},
	{
		Name: "Fastmail", Account: "fastmail", Domains: "fastmail.com fastmail.fm fastmail.net fastmail.org sent.com",
		MX: "messagingengine.com", Server: "smtps://smtp.fastmail.com",
		Secret: AppPassword, Page: "https://app.fastmail.com/settings/security",
	},
	{
		Name: "Proton Mail", Account: "proton", Domains: "proton.me protonmail.com protonmail.ch pm.me",
		MX: "protonmail.ch", Server: "smtp://127.0.0.1:1025",
		Secret: Bridge, Page: "https://proton.me/mail/bridge",
		Note: "It needs a paid plan. " +
			"Some plans have SMTP tokens, for submission://smtp.protonmail.ch without a bridge.",
	},
	{
		Name: "Apple iCloud", Account: "icloud", Domains: "icloud.com me.com mac.com",
		MX: "mail.icloud.com", Server: "submission://smtp.mail.me.com",
		Secret: AppPassword, Page: "https://account.apple.com",
		Note: "For an address at a domain of your own, the user may be your address at icloud.com.",
	},
	{
		Name: "Zoho", Account: "zoho", Domains: "zoho.com zohomail.com", Server: "smtps://smtp.zoho.com",
		Secret: Mailbox, Page: "https://accounts.zoho.com/home#security/app_password",
	},
	{
		Name: "Zoho (EU)", Account: "zoho", Domains: "zoho.eu zohomail.eu", Server: "smtps://smtp.zoho.eu",
		Secret: Mailbox, Page: "https://accounts.zoho.eu/home#security/app_password",
	},
	{
		Name: "Zoho (India)", Account: "zoho", Domains: "zoho.in zohomail.in", Server: "smtps://smtp.zoho.in",
		Secret: Mailbox, Page: "https://accounts.zoho.in/home#security/app_password",
	},
	{
		Name: "Zoho (Australia)", Account: "zoho", Domains: "zoho.com.au zohomail.com.au",
		Server: "smtps://smtp.zoho.com.au", Secret: Mailbox,
		Page: "https://accounts.zoho.com.au/home#security/app_password",
	},
	{
		Name: "Zoho (Japan)", Account: "zoho", Domains: "zoho.jp zohomail.jp", Server: "smtps://smtp.zoho.jp",
		Secret: Mailbox, Page: "https://accounts.zoho.jp/home#security/app_password",
	},
	{
		Name: "Zoho (own domains)", Account: "zoho", MX: "zoho.com", Server: "smtps://smtppro.zoho.com",
		Secret: Mailbox, Page: "https://accounts.zoho.com/home#security/app_password", Note: zohoFree,
	},
	{
		Name: "Zoho (own domains, EU)", Account: "zoho", MX: "zoho.eu", Server: "smtps://smtppro.zoho.eu",
		Secret: Mailbox, Page: "https://accounts.zoho.eu/home#security/app_password", Note: zohoFree,
	},
	{
		Name: "Zoho (own domains, India)", Account: "zoho", MX: "zoho.in", Server: "smtps://smtppro.zoho.in",
		Secret: Mailbox, Page: "https://accounts.zoho.in/home#security/app_password", Note: zohoFree,
	},
	{
		Name: "Zoho (own domains, Australia)", Account: "zoho", MX: "zoho.com.au",
		Server: "smtps://smtppro.zoho.com.au",
		Secret: Mailbox, Page: "https://accounts.zoho.com.au/home#security/app_password", Note: zohoFree,
	},
	{
		Name: "Zoho (own domains, Japan)", Account: "zoho", MX: "zoho.jp", Server: "smtps://smtppro.zoho.jp",
		Secret: Mailbox, Page: "https://accounts.zoho.jp/home#security/app_password", Note: zohoFree,
	},
	{
		Name: "Migadu", Account: "migadu", MX: "migadu.com", Server: "smtps://smtp.migadu.com",
		Secret: Mailbox, Page: "https://admin.migadu.com",
	},
	{
		Name: "OVHcloud", Account: "ovh", Domains: "ovh.net", MX: "mail.ovh.net", Server: "smtps://ssl0.ovh.net",
		Secret: Mailbox,
		Note:   "This is the server of MX Plan; for Exchange or Email Pro, take the one in the control panel.",
	},
	{
		Name: "Gandi", Account: "gandi", Domains: "gandi.net", MX: "mail.gandi.net", Server: "smtps://mail.gandi.net",
		Secret: Mailbox, Page: "https://admin.gandi.net",
	},
	{
		Name: "IONOS (Germany)", Account: "ionos", Domains: "online.de onlinehome.de",
		MX: "ionos.de kundenserver.de", Server: "smtps://smtp.ionos.de", Secret: Mailbox,
	},
	{
		Name: "IONOS (France)", Account: "ionos", MX: "ionos.fr 1and1.fr", Server: "smtps://smtp.ionos.fr",
		Secret: Mailbox,
	},
	{
		Name: "IONOS (Spain)", Account: "ionos", MX: "ionos.es 1and1.es", Server: "smtps://smtp.ionos.es",
		Secret: Mailbox,
	},
	{
		Name: "IONOS (United Kingdom)", Account: "ionos", MX: "ionos.co.uk 1and1.co.uk",
		Server: "smtps://smtp.ionos.co.uk", Secret: Mailbox,
	},
	{
		Name: "IONOS", Account: "ionos", MX: "ionos.com 1and1.com perfora.net", Server: "smtps://smtp.ionos.com",
		Secret: Mailbox,
	},
	{
		Name: "Infomaniak", Account: "infomaniak", Domains: "ik.me ikmail.com etik.com infomaniak.com",
		MX: "infomaniak.ch infomaniak.com", Server: "smtps://mail.infomaniak.com",
		Secret: AppPassword, Page: "https://manager.infomaniak.com",
		Note: "Add a device on the page of the mailbox.",
	},
	{
		Name: "mailbox.org", Account: "mailbox", Domains: "mailbox.org", MX: "mailbox.org",
		Server: "smtps://smtp.mailbox.org", Secret: Mailbox,
		Page: "https://kb.mailbox.org/en/private/e-mail/e-mail-configuration",
		Note: "The user is the main address of the mailbox, not an alias.",
	},
	{
		Name: "GMX", Account: "gmx", Domains: "gmx.net gmx.de gmx.at gmx.ch gmx.eu gmx.org gmx.info gmx.biz",
		Server: "smtps://mail.gmx.net", Secret: Mailbox, Note: allowPOP,
		Page: "https://hilfe.gmx.net/sicherheit/2fa/anwendungsspezifisches-passwort.html",
	},
	{
		Name: "GMX (international)", Account: "gmx",
		Domains: "gmx.com gmx.us gmx.co.uk gmx.es gmx.fr gmx.it gmx.ie gmx.pt gmx.se gmx.li gmx.tm",
		Server:  "smtps://mail.gmx.com", Secret: Mailbox, Page: "https://support.gmx.com", Note: allowPOP,
	},
	{
		Name: "WEB.DE", Account: "webde", Domains: "web.de", Server: "smtps://smtp.web.de", Login: LocalPart,
		Secret: Mailbox, Page: "https://hilfe.web.de", Note: allowPOP,
	},
	{
		Name: "Telekom (T-Online)", Account: "t-online", Domains: "t-online.de magenta.de",
		Server: "smtps://securesmtp.t-online.de", Secret: AppPassword, Page: "https://account.idm.telekom.com",
		Note: "It is called the password for mail programs, and is not that of the Telekom login.",
	},
	{
		Name: "Posteo", Account: "posteo",
		Domains: "posteo.de posteo.net posteo.org posteo.com posteo.eu posteo.at posteo.be posteo.ch posteo.co " +
			"posteo.co.uk posteo.cz posteo.dk posteo.es posteo.fi posteo.ie posteo.in posteo.is posteo.it posteo.jp " +
			"posteo.li posteo.lt posteo.lu posteo.me posteo.mx posteo.my posteo.nl posteo.no posteo.nz posteo.pl " +
			"posteo.pt posteo.ro posteo.se posteo.uk posteo.us",
		Server: "smtps://posteo.de", Secret: Mailbox, Page: "https://posteo.de/en/help",
	},
	{
		Name: "STRATO", Account: "strato", Domains: "strato.de", MX: "rzone.de", Server: "smtps://smtp.strato.de",
		Secret: Mailbox,
	},
	{
		Name: "Hetzner", Account: "hetzner", MX: "your-server.de", Server: "smtps://mail.your-server.de",
		Secret: Mailbox, Page: "https://konsoleh.hetzner.com",
	},
	{
		Name: "Vodafone (Germany)", Account: "vodafone", Domains: "vodafonemail.de arcor.de kabelmail.de",
		Server: "smtps://smtp.vodafonemail.de", Secret: Mailbox,
	},
	{
		Name: "Yandex", Account: "yandex", Domains: "yandex.com yandex.ru yandex.by yandex.kz ya.ru",
		MX: "mx.yandex.net mx.yandex.ru", Server: "smtps://smtp.yandex.com",
		Secret: AppPassword, Page: "https://id.yandex.com/security/app-passwords",
	},
	{
		Name: "Mail.ru", Account: "mailru", Domains: "mail.ru inbox.ru list.ru bk.ru", Server: "smtps://smtp.mail.ru",
		Secret: AppPassword, Page: "https://account.mail.ru/user/2-step-auth/passwords",
	},
	{
		Name: "mail.com", Account: "mailcom",
		Domains: "mail.com email.com post.com usa.com consultant.com engineer.com",
		Server:  "smtps://smtp.mail.com", Secret: Mailbox, Page: "https://support.mail.com",
		Note: allowPOP,
	},
	{
		Name: "Orange (France)", Account: "orange", Domains: "orange.fr wanadoo.fr", Server: "smtps://smtp.orange.fr",
		Secret: Mailbox,
	},
	{
		Name: "Free (France)", Account: "free", Domains: "free.fr", Server: "smtps://smtp.free.fr", Login: LocalPart,
		Secret: Mailbox,
	},
	{
		Name: "La Poste", Account: "laposte", Domains: "laposte.net", Server: "smtps://smtp.laposte.net",
		Login: LocalPart, Secret: Mailbox,
	},
	{
		Name: "SFR", Account: "sfr", Domains: "sfr.fr neuf.fr club-internet.fr", Server: "smtps://smtp.sfr.fr",
		Secret: Mailbox,
	},
	{
		Name: "Swisscom (Bluewin)", Account: "bluewin", Domains: "bluewin.ch bluemail.ch",
		Server: "smtps://smtpauths.bluewin.ch", Secret: Mailbox,
	},
	{
		Name: "Libero", Account: "libero", Domains: "libero.it iol.it blu.it inwind.it giallo.it",
		Server: "smtps://smtp.libero.it", Secret: Mailbox,
	},
	{
		Name: "Seznam", Account: "seznam", Domains: "seznam.cz email.cz post.cz spoluzaci.cz",
		Server: "smtps://smtp.seznam.cz", Secret: Mailbox,
	},
	{
		Name: "Comcast (Xfinity)", Account: "comcast", Domains: "comcast.net", Server: "smtps://smtp.comcast.net",
		Secret: Mailbox,
	},
	{
		Name: "AT&T", Account: "att",
		Domains: "att.net sbcglobal.net bellsouth.net ameritech.net pacbell.net swbell.net prodigy.net currently.com",
		Server:  "smtps://smtp.mail.att.net", Secret: AppPassword, Page: "https://www.att.com/myatt",
		Note: "It is called the secure mail key.",
	},
	{
		Name: "Rackspace Email", Account: "rackspace", Domains: "emailsrvr.com", MX: "emailsrvr.com",
		Server: "smtps://secure.emailsrvr.com", Secret: Mailbox,
	},
	{
		Name: "Namecheap Private Email", Account: "privateemail", MX: "privateemail.com",
		Server: "smtps://mail.privateemail.com", Secret: Mailbox,
	},
	{
		Name: "Runbox", Account: "runbox", Domains: "runbox.com", MX: "runbox.com", Server: "smtps://smtp.runbox.com",
		Secret: Mailbox, Page: "https://runbox.com/mail/account_security",
	},
	{
		Name: "Disroot", Account: "disroot", Domains: "disroot.org", Server: "submission://disroot.org",
		Login: LocalPart, Secret: Mailbox,
	},
	{
		Name: "QQ Mail", Account: "qq", Domains: "qq.com", Server: "smtps://smtp.qq.com",
		Secret: AppPassword, Page: "https://mail.qq.com", Note: "It is the authorization code of the mail settings.",
	},
	{
		Name: "NetEase 163", Account: "163", Domains: "163.com", Server: "smtps://smtp.163.com",
		Secret: AppPassword, Page: "https://mail.163.com", Note: "It is the authorization code of the mail settings.",
	},

	// Services that send.
	{
		Name: "Amazon SES", Account: "ses", Service: "ses:REGION", Server: "smtps://email-smtp.REGION.amazonaws.com",
		Login: Issued, User: "SMTP user name", Secret: Key, Page: "https://console.aws.amazon.com/ses/home#/smtp",
		Note: "The SMTP credentials are those of one region. They are not the access key of AWS.",
	},
	{
		Name: "SendGrid", Account: "sendgrid", Service: "sendgrid", Server: "smtps://smtp.sendgrid.net",
		Login: Fixed, User: "apikey", Secret: Key, Page: "https://app.sendgrid.com/settings/api_keys",
	},
	{
		Name: "Mailgun", Account: "mailgun", Service: "mailgun", Server: "smtps://smtp.mailgun.org",
		Login: Issued, User: "postmaster@example.com", Secret: Key,
		Page: "https://app.mailgun.com/mg/sending/domains", Note: "Each domain has SMTP credentials of its own.",
	},
	{
		Name: "Mailgun (EU)", Account: "mailgun", Service: "mailgun:eu", Server: "smtps://smtp.eu.mailgun.org",
		Login: Issued, User: "postmaster@example.com", Secret: Key,
		Page: "https://app.mailgun.com/mg/sending/domains", Note: "Each domain has SMTP credentials of its own.",
	},
	{
		Name: "Postmark", Account: "postmark", Service: "postmark", Server: "submission://smtp.postmarkapp.com",
		Login: Issued, User: "SMTP access key", Secret: Key, Page: "https://account.postmarkapp.com/servers",
		Note: "The password is the secret key of an SMTP token. An API token would be both the user and the password.",
	},
	{
		Name: "Mailjet", Account: "mailjet", Service: "mailjet", Server: "submission://in-v3.mailjet.com",
		Login: Issued, User: "API key", Secret: Key, Page: "https://app.mailjet.com/account/apikeys",
		Note: "The password is the secret key.",
	},
	{
		Name: "Brevo", Account: "brevo", Service: "brevo", Server: "smtps://smtp-relay.brevo.com",
		Login: Issued, User: "SMTP login", Secret: Key, Page: "https://app.brevo.com/settings/keys/smtp",
		Note: "The password is an SMTP key, not an API key.",
	},
	{
		Name: "Resend", Account: "resend", Service: "resend", Server: "smtps://smtp.resend.com",
		Login: Fixed, User: "resend", Secret: Key, Page: "https://resend.com/api-keys",
	},
	{
		Name: "Mailtrap", Account: "mailtrap", Service: "mailtrap", Server: "submission://live.smtp.mailtrap.io",
		Login: Fixed, User: "api", Secret: Key, Page: "https://mailtrap.io/api-tokens",
		Note: "To keep mail in the sandbox, use submission://sandbox.smtp.mailtrap.io:2525 and its credentials.",
	},
	{
		Name: "Mailpit", Account: "mailpit", Service: "mailpit", Server: "smtp://127.0.0.1:1025",
		Login: NoLogin, Secret: NoSecret, Page: "https://mailpit.axllent.org",
		Note: "It keeps mail on this host and sends none.",
	},
}

const (
	allowPOP = "Access by other programs (POP3 and IMAP) must be switched on in the settings."
	zohoFree = "A free plan uses the same host name with smtp in place of smtppro."
)
