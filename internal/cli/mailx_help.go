package cli

// mailxHelp is the help of mailx, whose flags urfave/cli cannot describe.
const mailxHelp = `NAME:
   {{.HelpName}} - {{.Usage}}

USAGE:
   mailpipe [MAILPIPE-FLAG...] mailx [FLAG...] RECIPIENT... [-- -f ADDR]

HEADER FIELDS:
   -s TEXT     the subject
   -c LIST     recipients of a copy
   -b LIST     recipients that the others do not see
   -r ADDR     the author and envelope sender

FILES:
   -a FILE     attach a file
   -a 'Name: value'
               add a header field, if there is no such file (also -C, -T)
   -A FILE|ACCOUNT
               attach a file, or choose an account if there is no such file
   -q, -m FILE read the text from a file
   -M TYPE     the type of the text, as text/html

OPTIONS:
   -E          send nothing if the text is empty
   -t          add the recipients in the header of the input
   -v          show the dialogue on standard error
   -d          do everything except connect, and print the envelope
   -S NAME=VALUE
               set from, replyto, smtp-auth-user, smtp-auth, ttycharset or mta
   Flags of bsd-mailx, GNU mailutils and s-nail that do not matter are ignored.

MAILPIPE-FLAGS:{{range .VisibleFlags}}
   {{.}}{{end}}
`
