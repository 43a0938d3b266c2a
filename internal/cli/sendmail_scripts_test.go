package cli

// A userProgram is a program that a user runs and that calls sendmail. The script
// gives it a mail.
type userProgram struct {
	name, needs string // a program, or a file with a full name
	script      string
	output      string
	want        fields
	text        string // what the text begins with
	attaches    bool   // the chart
}

// Files of Debian's packages.
const (
	gitFile         = "/usr/lib/git-core/git-send-email"
	emailSenderFile = "/usr/share/perl5/Email/Sender.pm"
	symfonyFile     = "/usr/share/php/Symfony/Component/Mailer/autoload.php"
)

var programs = []userProgram{
	{
		name: "git send-email", needs: gitFile,
		script: gitSendEmail + " --cc='Éve <eve@example.org>' -1 >/dev/null",
		want: fields{
			"Return-Path": "<author@example.net>", "Delivered-To": "bob@example.org eve@example.org author@example.net",
			"From": "Élise <author@example.net>", "To": "bob@example.org",
			"Cc":      "Éve <eve@example.org>, Élise <author@example.net>",
			"Subject": "[PATCH] Résumé", "Mime-Version": "1.0",
		},
		text: "Signed-off-by: É\n---\n file | 1 +\n",
	},
	{
		name: "git send-email --envelope-sender", needs: gitFile,
		script: gitSendEmail + " --suppress-cc=all --envelope-sender=auto --from=list@example.net -1 >/dev/null",
		want: fields{
			"Return-Path": "<list@example.net>", "Delivered-To": "bob@example.org", "From": "list@example.net",
			"To": "bob@example.org", "Subject": "[PATCH] Résumé",
		},
		text: "From: Élise <author@example.net>\n\nSigned-off-by: É\n---\n",
	},
	{
		name: "mutt", needs: "mutt",
		script: muttrc + "mutt" + muttMail, attaches: true, text: "text é\n",
		want: muttWants,
	},
	{
		name: "neomutt", needs: "neomutt",
		script: muttrc + "neomutt" + muttMail, attaches: true, text: "text é\n",
		want: muttWants,
	},
	{
		name: "s-nail", needs: "s-nail",
		script: `s-nail -n -S mta=$SENDMAIL -S ttycharset=utf-8 -S sendcharsets=utf-8 -r 'Al <alice@example.net>' \
			-s é -c eve@example.org -b carol@example.org -a $CHART bob@example.org root@localhost`,
		want: fields{
			"Return-Path":  "<alice@example.net>",
			"Delivered-To": "bob@example.org root@example.com eve@example.org carol@example.org",
			"From":         "Al <alice@example.net>", "To": "bob@example.org, root <root@example.com>",
			"Cc": "eve@example.org", "Bcc": "", "Subject": "é",
		},
		text: "text é\n", attaches: true,
	},
	{
		name: "bsd-mailx", needs: "bsd-mailx",
		script: `echo "set sendmail=$SENDMAIL" >mailrc
			MAILRC=mailrc bsd-mailx -s Résumé -c eve@example.org -b carol@example.org -r 'Al <al@example.net>' \
				-a 'X-A: b' bob@example.org root`,
		want: fields{
			"Return-Path":  "<al@example.net>",
			"Delivered-To": "bob@example.org root@example.com eve@example.org carol@example.org",
			"From":         "Al <al@example.net>", "To": "bob@example.org, root <root@example.com>",
			"Cc": "eve@example.org", "Bcc": "", "Subject": "Résumé", "X-A": "b", "Mime-Version": "1.0",
		},
		text: "text é\n",
	},
	{
		name: "mail of GNU mailutils", needs: "mail.mailutils",
		script: `mail.mailutils -E "set sendmail=sendmail:$SENDMAIL" -s Résumé -r al@example.net -a 'X-A: b' \
			-A $CHART bob@example.org root`,
		want: fields{
			"Return-Path": "<al@example.net>", "Delivered-To": "bob@example.org root@example.com",
			"From": "Full Name <" + accountFrom + ">", "To": "<bob@example.org>, root <root@example.com>",
			"Subject": "Résumé", "X-A": "b",
		},
		text: "text é\n", attaches: true,
	},
	{
		name: "MIME::Lite", needs: "/usr/share/perl5/MIME/Lite.pm",
		script: "exec perl -e '" + mimeLite + "'", attaches: true, text: "text é\n.\nend\n",
		want: fields{
			"Return-Path": "<b@example.net>", "Delivered-To": "bob@example.org root@example.com eve@example.org",
			"From": "Al <al@example.net>", "To": "bob@example.org", "Cc": "root <root@example.com>", "Bcc": "",
			"Subject": "Résumé",
		},
	},
	{
		name: "Email::Sender", needs: emailSenderFile,
		script: emailSender, text: "text é\n.\nend\n",
		want: fields{
			"Return-Path": "<b@example.net>", "Delivered-To": "bob@example.org root@example.com",
			"From": "al@example.net", "To": "bob@example.org", "Subject": "Résumé",
		},
	},
	{
		name: "Symfony", needs: symfonyFile,
		script: symfony, output: "sent\n", attaches: true, text: "text é\n.\nend\n",
		want: fields{
			"Return-Path": "<al@example.net>", "Delivered-To": "bob@example.org eve@example.org",
			"From": "Al É <al@example.net>", "To": "bob@example.org", "Bcc": "", "Subject": "Résumé",
		},
	},
}

// gitSendEmail makes a commit and begins a command that sends it.
const gitSendEmail = `git init -q
export GIT_AUTHOR_NAME=Élise GIT_AUTHOR_EMAIL=author@example.net
export GIT_COMMITTER_NAME=Élise GIT_COMMITTER_EMAIL=author@example.net
echo é >file
git add file
git commit -q -m Résumé -m 'Signed-off-by: É'
git send-email --quiet --confirm=never --smtp-server=$SENDMAIL --to=bob@example.org`

const muttrc = `printf '#!/bin/sh\nexec %s -v "$@" 2>trace\n' $SENDMAIL >traced
chmod +x traced
cat >muttrc <<end
set sendmail="$PWD/traced -oem -oi"
set use_envelope_from=yes
set from="Al É <alice@example.net>"
set dsn_notify="failure,delay"
set dsn_return=hdrs
set use_8bitmime=yes
set charset=utf-8
set send_charset=utf-8
set copy=no
end
`

const muttMail = ` -n -F muttrc -s é -c 'Éve <eve@example.org>' -a $CHART -- bob@example.org
grep -q 'MAIL FROM:<alice@example.net> .*RET=HDRS' trace
grep -q 'RCPT TO:<bob@example.org> NOTIFY=FAILURE,DELAY ' trace`

var muttWants = fields{
	"Return-Path": "<alice@example.net>", "Delivered-To": "bob@example.org eve@example.org",
	"From": "Al É <alice@example.net>", "To": "bob@example.org", "Cc": "Éve <eve@example.org>", "Subject": "é",
}

const php = `php -d sendmail_path="$SENDMAIL -t -i" -r '
	var_dump(mail("bob@example.org", "Résumé", "l1\r\nl2 é\n.\nend", "From: www@example.net\r\nX-A: b\r\n",
		"-fb@example.net"));'`

// mimeLite writes parts in Latin-1 and labels them binary.
const mimeLite = `
use utf8;
use MIME::Lite;
my $m = MIME::Lite->new(
	From => "Al <al\@example.net>", To => "bob\@example.org", Cc => "root", Bcc => "eve\@example.org",
	Subject => "=?UTF-8?Q?R=C3=A9sum=C3=A9?=", Type => "multipart/mixed",
);
$m->attach(Type => "TEXT", Data => "text é\n.\nend\n");
$m->attach(Type => "image/png", Path => $ENV{CHART}, Filename => "chart.png", Disposition => "attachment");
$m->send("sendmail", Sendmail => $ENV{SENDMAIL}, FromSender => "b\@example.net") or die;
`

const emailSender = `exec perl -e '
use Email::Simple;
use Email::Sender::Simple "sendmail";
use Email::Sender::Transport::Sendmail;
my $header = [
	From => "al\@example.net", To => "bob\@example.org", Subject => "=?UTF-8?Q?R=C3=A9sum=C3=A9?=",
	"MIME-Version" => "1.0", "Content-Type" => "text/plain; charset=utf-8",
];
my $mail = Email::Simple->create(header => $header, body => "text é\n.\nend\n");
my $transport = Email::Sender::Transport::Sendmail->new({sendmail => $ENV{SENDMAIL}});
sendmail($mail, {transport => $transport, from => "b\@example.net", to => ["bob\@example.org", "root"]});
'`

const symfony = `exec php -r '
require "Symfony/Component/Mailer/autoload.php";
$command = rawurlencode(getenv("SENDMAIL")." -bs");
$mailer = new Symfony\Component\Mailer\Mailer(
	Symfony\Component\Mailer\Transport::fromDsn("sendmail://default?command=$command"));
$mail = (new Symfony\Component\Mime\Email())->from("Al É <al@example.net>")->to("bob@example.org")
	->bcc("eve@example.org")->subject("Résumé")->text("text é\n.\nend\n")->attachFromPath(getenv("CHART"));
try {
	$mailer->send($mail);
	echo "sent\n";
} catch (Exception $e) {
	echo $e->getMessage();
}'`
